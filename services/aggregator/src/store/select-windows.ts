/** Stored windows of one partition: its hours and its slices, by start or by key. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import {
  KEYED_WINDOW_FIELDS,
  WINDOW_TABLES,
  type WindowKind,
  windowFromRow,
} from '@hookpulse/store/tables/windows';
import type { WindowKey, WindowState } from '../domain/open-windows.ts';
import type { PartitionEpoch } from './aggregate-store.ts';

const shape = rowShape('windows of a partition', KEYED_WINDOW_FIELDS);

/** Those that start at a moment or later. @throws StoreError */
export function selectSince(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  sinceMs: number,
): Promise<WindowState[]> {
  return select(client, kind, owner, sinceMs, '1', {});
}

/** Those with these keys, as far as they are stored. @throws StoreError */
export async function selectWindows(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  keys: readonly WindowKey[],
): Promise<WindowState[]> {
  if (keys.length === 0) return [];
  const starts = keys.map((key) => key.startMs / 1_000);
  const { startSeconds, to } = WINDOW_TABLES[kind];
  const condition = `${to}
    AND (bot_id, ${startSeconds}) IN arrayZip({bots: Array(String)}, {starts: Array(UInt32)})`;
  return select(client, kind, owner, Math.min(...starts) * 1_000, condition, {
    bots: keys.map((key) => key.botId),
    starts,
    to: Math.max(...starts),
  });
}

/* PREWHERE: see select-stored-windows. @param condition - on columns of the sort key only */
async function select(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  sinceMs: number,
  condition: string,
  params: Record<string, unknown>,
): Promise<WindowState[]> {
  const table = WINDOW_TABLES[kind];
  const rows = await selectRows(client, {
    sql: `
      SELECT ${table.keyedWindow}
      FROM ${table.name} FINAL
      PREWHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
        AND ${table.from}
        AND ${table.startSeconds} >= {from: UInt32}
        AND ${condition}`,
    params: {
      partition: owner.partition,
      epoch: owner.epoch,
      from: Math.floor(sinceMs / 1_000),
      ...params,
    },
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return rows.map((row) => ({
    botId: row.bot_id,
    startMs: row.start_ms,
    nextOffset: BigInt(row.next_offset),
    window: windowFromRow(row),
  }));
}
