/** Stores raw events as the aggregator does. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { EVENTS, eventRow } from '@hookpulse/store/tables/events';

export interface RawEventOptions {
  /** By which the log took them after their timestamps. */
  readonly latenessMs?: number;
  /** Where they stand on the log, which is of no matter to most tests. */
  readonly partition?: number;
  readonly firstOffset?: number;
}

export async function storeRawEvents(
  client: ClickHouseClient,
  events: readonly WebhookEvent[],
  { latenessMs = 0, partition = 0, firstOffset = 0 }: RawEventOptions = {},
): Promise<void> {
  const rows = events.map((event, index) => {
    const eventTimeMs = Date.parse(event.timestamp);
    const offset = BigInt(firstOffset + index);
    const logged = { event, offset, eventTimeMs, logTimeMs: eventTimeMs + latenessMs };
    return eventRow(logged, { partition, epoch: 0 });
  });
  await insertRows(client, EVENTS, rows);
}
