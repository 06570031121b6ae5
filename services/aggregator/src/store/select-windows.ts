/** Stored windows of one partition: its hours and its slices, by start or by key. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import {
  STORED_WINDOW_COLUMNS,
  type StoredWindowRow,
  windowFromRow,
} from '@hookpulse/store/window-row';
import type { WindowKey, WindowState } from '../domain/open-windows.ts';
import type { PartitionEpoch } from './aggregate-store.ts';

type OwnedWindowRow = StoredWindowRow & {
  readonly bot_id: string;
  readonly start_ms: number;
  readonly next_offset: string;
};

/** Where a kind of window is stored, and how its start is written in SQL. */
interface WindowTable {
  readonly name: 'webhook_metrics' | 'webhook_slices';
  /** Seconds since the epoch. */
  readonly startSeconds: string;
  /** A condition on the sort key that spares reading other parts; takes `{since: UInt32}`. */
  readonly sincePruning: string;
}

const HOURS: WindowTable = {
  name: 'webhook_metrics',
  startSeconds: "(toUnixTimestamp(toDateTime(date, 'UTC')) + hour * 3600)",
  sincePruning: "date >= toDate(toDateTime({since: UInt32}, 'UTC'))",
};

const SLICES: WindowTable = {
  name: 'webhook_slices',
  startSeconds: 'toUnixTimestamp(start)',
  sincePruning: "start >= toDateTime({since: UInt32}, 'UTC')",
};

export const selectHoursSince = (client: ClickHouseClient, owner: PartitionEpoch, ms: number) =>
  selectSince(client, HOURS, owner, ms);
export const selectSlicesSince = (client: ClickHouseClient, owner: PartitionEpoch, ms: number) =>
  selectSince(client, SLICES, owner, ms);
export const selectHours = (client: ClickHouseClient, owner: PartitionEpoch, keys: Keys) =>
  selectByKey(client, HOURS, owner, keys);
export const selectSlices = (client: ClickHouseClient, owner: PartitionEpoch, keys: Keys) =>
  selectByKey(client, SLICES, owner, keys);

type Keys = readonly WindowKey[];

function selectSince(
  client: ClickHouseClient,
  table: WindowTable,
  owner: PartitionEpoch,
  sinceMs: number,
): Promise<WindowState[]> {
  return select(client, table, owner, sinceMs, '1', {});
}

async function selectByKey(
  client: ClickHouseClient,
  table: WindowTable,
  owner: PartitionEpoch,
  keys: Keys,
): Promise<WindowState[]> {
  if (keys.length === 0) return [];
  const starts = keys.map((key) => key.startMs / 1_000);
  const condition = `(bot_id, toUInt32(${table.startSeconds})) IN
    arrayZip({bots: Array(String)}, {starts: Array(UInt32)})`;
  return select(client, table, owner, Math.min(...starts) * 1_000, condition, {
    bots: keys.map((key) => key.botId),
    starts,
  });
}

async function select(
  client: ClickHouseClient,
  table: WindowTable,
  owner: PartitionEpoch,
  sinceMs: number,
  condition: string,
  params: Record<string, unknown>,
): Promise<WindowState[]> {
  const result = await client.query({
    query: `
      SELECT bot_id, ${table.startSeconds} * 1000 AS start_ms,
             toString(next_offset) AS next_offset, ${STORED_WINDOW_COLUMNS}
      FROM ${table.name} FINAL
      WHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
        AND ${table.sincePruning}
        AND ${table.startSeconds} >= {since: UInt32}
        AND ${condition}`,
    query_params: {
      partition: owner.partition,
      epoch: owner.epoch,
      since: Math.floor(sinceMs / 1_000),
      ...params,
    },
    format: 'JSONEachRow',
  });
  const rows = await result.json<OwnedWindowRow>();
  return rows.map((row) => ({
    botId: row.bot_id,
    startMs: row.start_ms,
    nextOffset: BigInt(row.next_offset),
    window: windowFromRow(row),
  }));
}
