/** Deletes rows of windows: those without raw events, and those that no honest owner has written. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { WINDOW_TABLES, type WindowKind } from '@hookpulse/store/tables/windows';
import type { VersionedKey } from '../domain/compare-windows.ts';
import type { WindowKey } from '../domain/open-windows.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';

/** The rows of these windows up to a version, included. */
export function deleteUpTo(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  keys: readonly WindowKey[],
  nextOffset: bigint,
): Promise<void> {
  const { startSeconds } = WINDOW_TABLES[kind];
  const condition = `next_offset <= {next_offset: UInt64}
    AND (bot_id, ${startSeconds}) IN arrayZip({bots: Array(String)}, {starts: Array(UInt32)})`;
  return deleteRows(client, kind, owner, keys, condition, { next_offset: `${nextOffset}` });
}

/** The rows of these windows that have exactly these versions. */
export function deleteVersions(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  keys: readonly VersionedKey[],
): Promise<void> {
  const { startSeconds } = WINDOW_TABLES[kind];
  const condition = `(bot_id, ${startSeconds}, toString(next_offset)) IN
    arrayZip({bots: Array(String)}, {starts: Array(UInt32)}, {offsets: Array(String)})`;
  const offsets = keys.map(({ nextOffset }) => `${nextOffset}`);
  return deleteRows(client, kind, owner, keys, condition, { offsets });
}

async function deleteRows(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  keys: readonly WindowKey[],
  condition: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (keys.length === 0) return;
  const { name, from, to } = WINDOW_TABLES[kind];
  const starts = keys.map(({ startMs }) => startMs / 1_000);
  await client.command({
    query: `
      DELETE FROM ${name}
      WHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
        AND ${from} AND ${to} AND ${condition}`,
    query_params: {
      partition: owner.partition,
      epoch: owner.epoch,
      bots: keys.map(({ botId }) => botId),
      starts,
      from: Math.min(...starts),
      to: Math.max(...starts),
      ...params,
    },
    // Visible at this server before it resolves; one that is down does the same when it is back.
    clickhouse_settings: { lightweight_deletes_sync: '1' },
  });
}
