/** Rows of windows as the store has them, column by column: also those that say of themselves what is wrong. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import {
  LONG_ANSWER_TIMEOUT_MS,
  type RowOfShape,
  rowShape,
  selectRows,
} from '@hookpulse/store/select-rows';
import {
  KEYED_WINDOW_FIELDS,
  LATENCY_FIELDS,
  WINDOW_TABLES,
  type WindowKind,
} from '@hookpulse/store/tables/windows';
import type { StoredWindow } from '../domain/compare-windows.ts';
import type { Piece } from '../domain/rebuild-plan.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';

const shape = rowShape('windows to compare', { ...KEYED_WINDOW_FIELDS, ...LATENCY_FIELDS });

/*
 * PREWHERE picks the rows of the piece before FINAL merges them: a day of slices is a million rows of
 * all bots, and the partition is paused meanwhile. All columns in it are of the sort key, so either
 * all states of a window are picked, or none. It must be FINAL that decides between them: what a
 * rebuild stores has the version of the row that it corrects when nothing was folded since, and of
 * equal versions the last one counts. States of a window never are in two partitions of a table.
 */
/** @throws StoreError */
export async function selectStoredWindows(
  client: ClickHouseClient,
  kind: WindowKind,
  owner: PartitionEpoch,
  piece: Piece,
): Promise<StoredWindow[]> {
  if (piece.fromMs >= piece.toMs) return [];
  const { name, startSeconds, from, to, keyedWindow, latencies } = WINDOW_TABLES[kind];
  const rows = await selectRows(client, {
    sql: `
      SELECT ${[keyedWindow, ...latencies].join(', ')}
      FROM ${name} FINAL
      PREWHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
        AND bot_id IN {bots: Array(String)}
        AND ${from} AND ${to}
        AND ${startSeconds} >= {from: UInt32} AND ${startSeconds} < {to: UInt32}
      SETTINGS do_not_merge_across_partitions_select_final = 1`,
    params: {
      partition: owner.partition,
      epoch: owner.epoch,
      bots: [...piece.botIds],
      from: piece.fromMs / 1_000,
      to: piece.toMs / 1_000,
    },
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return rows.map(toStoredWindow);
}

function toStoredWindow(row: RowOfShape<typeof shape>): StoredWindow {
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
