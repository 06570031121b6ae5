/** Where the fold of each partition stands, and which bots report of their own work. */

import { FORWARDER, TIMEOUT } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { EVENTS } from '@hookpulse/store/tables/events';
import { POSITIONS, stateColumns } from '@hookpulse/store/tables/positions';
import type { RowOf } from '@hookpulse/store/tables/table';
import type { FoldPosition, LastMessage } from '../domain/partition-fold.ts';

const timeoutMs = LONG_ANSWER_TIMEOUT_MS;

const POSITION = POSITIONS.select(
  'log_partition',
  'log_epoch',
  'next_offset',
  'last_log_time_ms',
  'last_fingerprint',
);
const positionShape = rowShape('the positions of partitions', POSITION.fields);

export function positionRow(position: FoldPosition): RowOf<typeof POSITIONS> {
  return {
    ...stateColumns(position),
    last_log_time: iso(position.last?.logTimeMs ?? 0),
    last_fingerprint: lastMessageText(position),
  };
}

/** The newest epoch of each partition, and in it the highest offset. @throws StoreError */
export async function selectPositions(
  client: ClickHouseClient,
  partitions: readonly number[],
): Promise<FoldPosition[]> {
  const sql = `
    SELECT ${POSITION.sql}
    FROM ${POSITIONS.name} FINAL
    WHERE log_partition IN {partitions: Array(UInt32)}
    ORDER BY log_partition, log_epoch DESC
    LIMIT 1 BY log_partition`;
  const params = { partitions: [...partitions] };
  const rows = await selectRows(client, { sql, params, shape: positionShape, timeoutMs });
  return rows.map((row) => {
    const nextOffset = BigInt(row.next_offset);
    return {
      partition: row.log_partition,
      epoch: row.log_epoch,
      nextOffset,
      last: readLastMessage(row.last_fingerprint, nextOffset, row.last_log_time_ms),
    };
  });
}

const BOT = EVENTS.select('bot_id');
const botShape = rowShape('the bots that report', BOT.fields);

/**
 * Finds the bots that report their own work: those that have reported at least once what became of an
 * update. Time-outs that Hookpulse announces and reports of the forwarder do not count.
 * @throws StoreError
 */
export async function selectReportingBots(
  client: ClickHouseClient,
  partition: number,
  beforeMs: number,
): Promise<string[]> {
  const sql = `
    SELECT DISTINCT ${BOT.sql}
    FROM ${EVENTS.name}
    WHERE log_partition = {partition: UInt32}
      AND event_type IN ('processed', 'error')
      AND reported_by != {forwarder: String}
      AND coalesce(error_type, '') != {timeout: String}
      AND timestamp < fromUnixTimestamp64Milli({before: Int64}, 'UTC')`;
  const params = { partition, timeout: TIMEOUT, forwarder: FORWARDER, before: beforeMs };
  const rows = await selectRows(client, { sql, params, shape: botShape, timeoutMs });
  return rows.map((row) => row.bot_id);
}

/*
 * The last message below a position stands in one text column: its fingerprint, and its offset where
 * that is not just below the position. Releases that knew no such offsets read the usual form.
 */
const WITH_OFFSET = /^#(?<offset>\d+) (?<fingerprint>.*)$/s;

/** Empty: there is none. */
function lastMessageText({ nextOffset, last }: FoldPosition): string {
  if (!last) return '';
  const isJustBelow = last.offset === nextOffset - 1n;
  return isJustBelow ? last.fingerprint : `#${last.offset} ${last.fingerprint}`;
}

function readLastMessage(text: string, nextOffset: bigint, logTimeMs: number): LastMessage | null {
  if (text === '') return null;
  const { offset, fingerprint } = WITH_OFFSET.exec(text)?.groups ?? {};
  if (offset === undefined || fingerprint === undefined) {
    return { offset: nextOffset - 1n, logTimeMs, fingerprint: text };
  }
  return { offset: BigInt(offset), logTimeMs, fingerprint };
}
