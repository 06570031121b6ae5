/** A log and the store that the aggregator has filled from it: raw events, hourly rows, positions. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { storeEvents } from './store-events.ts';

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
    const rows = own.map((event, index) => ({
      ...event,
      log_partition: partition,
      log_epoch: 0,
      log_offset: before + index,
    }));
    const end = before + own.length;
    await insert(clickhouse, 'webhook_events', rows);
    await storeEvents(clickhouse, own, { log_partition: partition, next_offset: end });
    await insert(clickhouse, 'webhook_positions', [
      { log_partition: partition, log_epoch: 0, next_offset: end },
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

function insert(clickhouse: ClickHouseClient, table: string, values: object[]) {
  return clickhouse.insert({ table, values, format: 'JSONEachRow' });
}
