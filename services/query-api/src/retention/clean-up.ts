/** Deletes what is past the retention now, which the store does by itself some time later. */

import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { RAW_TABLES } from './bot-rows.ts';
import { countRows, deleteRows, dropPartitions, type RowSelection } from './delete-rows.ts';

/** Moments, milliseconds since the epoch: what is older goes. */
export interface Bounds {
  readonly rawEventsMs: number;
  /** Null: hourly rows stay. */
  readonly hourlyRowsMs: number | null;
}

export interface OldRows {
  readonly rawEvents: number;
  readonly hourlyRows: number;
}

/** @throws StoreError */
export async function countOld(client: ClickHouseClient, bounds: Bounds): Promise<OldRows> {
  const { rawEventsMs, hourlyRowsMs } = bounds;
  return {
    rawEvents: await countRows(client, rawEvents('webhook_events', rawEventsMs)),
    hourlyRows: hourlyRowsMs === null ? 0 : await countRows(client, hourlyRows(hourlyRowsMs)),
  };
}

/** @throws StoreError; what was deleted before stays so, and trying again does the rest */
export async function deleteOld(client: ClickHouseClient, bounds: Bounds): Promise<void> {
  const { rawEventsMs, hourlyRowsMs } = bounds;
  for (const table of RAW_TABLES) {
    await dropPartitions(client, table, isoDate(rawEventsMs).replaceAll('-', ''));
    await deleteRows(client, rawEvents(table, rawEventsMs));
  }
  if (hourlyRowsMs !== null) await deleteRows(client, hourlyRows(hourlyRowsMs));
}

function rawEvents(table: string, beforeMs: number): RowSelection {
  return {
    table,
    where: `timestamp < fromUnixTimestamp64Milli({before_ms:Int64}, 'UTC')`,
    params: { before_ms: beforeMs },
  };
}

/** Hours that began before. */
function hourlyRows(beforeMs: number): RowSelection {
  return {
    table: 'webhook_metrics',
    where: `date <= {date:Date} AND toDateTime(date, 'UTC') + hour * 3600
      < fromUnixTimestamp64Milli({before_ms:Int64}, 'UTC')`,
    params: { date: isoDate(beforeMs), before_ms: beforeMs },
  };
}
