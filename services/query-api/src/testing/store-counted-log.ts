/** A log and the store that the aggregator has filled from it: raw events, hourly rows, positions. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { POSITIONS, stateColumns } from '@hookpulse/store/tables/positions';
import { storeEvents } from './store-events.ts';
import { storeRawEvents } from './store-raw-events.ts';

/** Publishes the events and stores all that follows from them, as if they had been counted. */
export async function storeCountedLog(
  { log, clickhouse }: { log: EventLog; clickhouse: ClickHouseClient },
  events: readonly WebhookEvent[],
): Promise<void> {
  for (const [partition, own] of await byPartition(log, events)) {
    const before = await endOf(log, partition);
    await log.publish(
      own.map((event) => ({
        topic: EVENTS_TOPIC,
        key: event.bot_id,
        value: JSON.stringify(event),
      })),
    );
    const end = before + own.length;
    await storeRawEvents(clickhouse, own, { partition, firstOffset: before });
    await storeEvents(clickhouse, own, { log_partition: partition, next_offset: end });
    const position = stateColumns({ partition, epoch: 0, nextOffset: BigInt(end) });
    await insertRows(clickhouse, POSITIONS, [
      { ...position, last_log_time: iso(0), last_fingerprint: '' },
    ]);
  }
}

async function byPartition(log: EventLog, events: readonly WebhookEvent[]) {
  const partitions = new Map<number, WebhookEvent[]>();
  for (const event of events) {
    const partition = await log.partitionFor(EVENTS_TOPIC, event.bot_id);
    const own = partitions.get(partition) ?? [];
    own.push(event);
    partitions.set(partition, own);
  }
  return partitions;
}

async function endOf(log: EventLog, partition: number): Promise<number> {
  const ranges = await log.ranges(EVENTS_TOPIC);
  const range = ranges.find((one) => one.partition === partition);
  if (!range) throw new Error(`there is no partition ${partition}`);
  return Number(range.endOffset);
}
