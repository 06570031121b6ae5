/** Rows of windows as the store has them, column by column: also those that say of themselves what is wrong. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { STORED_WINDOW_COLUMNS, type StoredWindowRow } from '@hookpulse/store/window-row';
import type { StoredWindow } from '../domain/judge-window.ts';
import type { Piece } from '../domain/rebuild-plan.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';
import type { WindowKind } from './rebuild-store.ts';
import { WINDOW_TABLES } from './window-tables.ts';

/** Hours keep beside the digest what is read from it. */
const DERIVED_COLUMNS: Readonly<Record<WindowKind, readonly string[]>> = {
  hours: [
    'avg_processing_time_ms',
    'p50_processing_time_ms',
    'p95_processing_time_ms',
    'p99_processing_time_ms',
    'avg_response_time_ms',
  ],
  slices: [],
};

type WindowRow = StoredWindowRow & {
  readonly bot_id: string;
  readonly start_ms: number;
  readonly next_offset: string;
} & Readonly<Record<string, number | null>>;

export async function selectStoredWindows(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  piece: Piece,
): Promise<StoredWindow[]> {
  const { name, startSeconds, pruning } = WINDOW_TABLES[kind];
  const columns = [STORED_WINDOW_COLUMNS, ...DERIVED_COLUMNS[kind]].join(', ');
  const result = await client.query({
    query: `
      SELECT bot_id, toInt64(${startSeconds}) * 1000 AS start_ms,
             toString(next_offset) AS next_offset, ${columns}
      FROM ${name} FINAL
      WHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
        AND bot_id IN {bots: Array(String)}
        AND ${pruning}
        AND ${startSeconds} >= {from: UInt32} AND ${startSeconds} < {to: UInt32}`,
    query_params: {
      partition: owner.partition,
      epoch: owner.epoch,
      bots: [...piece.botIds],
      from: piece.fromMs / 1_000,
      to: piece.toMs / 1_000,
    },
    format: 'JSONEachRow',
  });
  const rows = await result.json<WindowRow>();
  return rows.map(toStoredWindow);
}

function toStoredWindow(row: WindowRow): StoredWindow {
  const { bot_id, start_ms, next_offset, latency_digest, last_event_ms, ...values } = row;
  return {
    botId: bot_id,
    startMs: start_ms,
    nextOffset: BigInt(next_offset),
    compared: {
      values: { ...values, last_event_at: last_event_ms },
      digest: Buffer.from(latency_digest, 'base64'),
    },
  };
}
