/** Stores raw events as the aggregator does: where they stand on the log is of no matter here. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { ClickHouseClient } from '@hookpulse/store/open-client';

/** @param latenessMs - by which the log took them after their timestamps */
export async function storeRawEvents(
  client: ClickHouseClient,
  events: readonly WebhookEvent[],
  latenessMs = 0,
): Promise<void> {
  await client.insert({
    table: 'webhook_events',
    values: events.map((event, index) => ({
      ...event,
      log_partition: 0,
      log_epoch: 0,
      log_offset: index,
      log_time: new Date(Date.parse(event.timestamp) + latenessMs).toISOString(),
    })),
    format: 'JSONEachRow',
  });
}
