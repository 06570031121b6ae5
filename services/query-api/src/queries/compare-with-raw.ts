/** Hourly rows against the raw events that they say they have seen: sums, and where they differ. */

import { isoDate } from '@hookpulse/api/rounding';
import { Count } from '@hookpulse/common/values/count';
import { COMPARED_NAMES } from '@hookpulse/common/windows/reconciliation';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type, { type Static } from 'typebox';
import type { StoredPosition } from '../domain/reconciliation-answer.ts';
import type { Chunk } from '../domain/reconciliation-chunks.ts';
import {
  type DifferingWindow,
  type PartitionComparison,
  SUM_TOLERANCE,
} from '../domain/window-comparison.ts';
import { countsOfRawEvents } from './counts-of-raw-events.ts';

const rawCounts = countsOfRawEvents('is_seen');
const KEY = 'bot_id, start, log_partition, log_epoch';

const differsIn = COMPARED_NAMES.map((name) =>
  name.endsWith('_sum_ms')
    ? `abs(window_${name} - raw_${name}) > ${SUM_TOLERANCE.absoluteMs} + ${SUM_TOLERANCE.relative} * abs(raw_${name})`
    : `window_${name} != raw_${name}`,
).join(' OR ');

const listed = (condition: string) => `groupArrayIf({limit:UInt32})((
    bot_id, toInt64(toUnixTimestamp(start)) * 1000, log_epoch, has_window,
    toFloat64(version), seen_events,
    [${COMPARED_NAMES.map((name) => `toFloat64(window_${name})`).join(', ')}],
    [${COMPARED_NAMES.map((name) => `toFloat64(raw_${name})`).join(', ')}]), ${condition})`;

const sums = (side: 'window' | 'raw') =>
  `[${COMPARED_NAMES.map((name) => `toFloat64(sum(${side}_${name}))`).join(', ')}]`;

/*
 * A row is a window's state at its version: the first offset V that it has not seen. Raw events are
 * stored before windows, windows before the partition's position P, and P was read before this query.
 * So everything below P is in both tables, and a row at V has counted exactly the raw events below
 * max(V, P): of those between V and P none is of this window, or the row would be newer. Of an epoch
 * that is over, everything has been seen.
 *
 * Of a row beyond P this holds only if the windows were read before the raw events, and one query
 * does not promise in which order it takes its snapshots. Such a row is `unsettled`: what differs in
 * it is to be looked at again.
 */
const SQL = `
  WITH
    transform(log_partition, {partitions:Array(UInt32)}, {epochs:Array(UInt32)}, toUInt32(0)) AS newest_epoch,
    transform(log_partition, {partitions:Array(UInt32)}, {offsets:Array(UInt64)}, toUInt64(0)) AS position,
    log_epoch < newest_epoch AS is_over
  SELECT
    log_partition AS partition,
    countIf(has_window) AS windows,
    sum(raw_events) AS raw_events,
    sum(unseen_events) AS raw_events_to_come,
    ${sums('window')} AS window_sums,
    ${sums('raw')} AS raw_sums,
    max(last_offset) AS last_offset,
    countIf(differs) AS differing,
    ${listed('differs AND is_settled')} AS settled,
    ${listed('differs AND NOT is_settled')} AS unsettled
  FROM (
    SELECT
      ${KEY},
      any(next_offset) AS version,
      max(is_window) = 1 AS has_window,
      any(is_final) AS is_settled,
      sum(is_raw) AS raw_events,
      countIf(is_raw = 1 AND NOT is_seen) AS unseen_events,
      maxIf(log_offset, is_raw = 1 AND NOT is_over) AS last_offset,
      ${COMPARED_NAMES.map((name) => `any(${name}) AS window_${name}`).join(',\n      ')},
      ${COMPARED_NAMES.map((name) => `${rawCounts[name]} AS raw_${name}`).join(',\n      ')},
      (has_window AND seen_events = 0) OR ${differsIn} AS differs,
      countIf(is_seen) AS seen_events
    FROM (
      SELECT
        *,
        is_over OR next_offset <= position AS is_final,
        is_raw = 1 AND (is_over OR log_offset < greatest(next_offset, position)) AS is_seen
      FROM (
        SELECT bot_id, toStartOfHour(timestamp) AS start, log_partition, log_epoch, log_offset,
               event_type, status, error_type, processing_time_ms, response_time_ms, 1 AS is_raw
        FROM webhook_events FINAL
        WHERE timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
          AND timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
          AND bot_id >= {bot_from:String} AND ({bot_before:String} = '' OR bot_id < {bot_before:String})
      ) AS raw
      FULL JOIN (
        SELECT bot_id, toDateTime(date, 'UTC') + hour * 3600 AS start, log_partition, log_epoch,
               next_offset, ${COMPARED_NAMES.join(', ')}, 1 AS is_window
        FROM webhook_metrics FINAL
        WHERE date BETWEEN {from_date:Date} AND {to_date:Date}
          AND start >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
          AND start < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
          AND bot_id >= {bot_from:String} AND ({bot_before:String} = '' OR bot_id < {bot_before:String})
      ) AS windows USING (${KEY})
    )
    GROUP BY ${KEY}
  )
  GROUP BY log_partition
  SETTINGS do_not_merge_across_partitions_select_final = 1, join_use_nulls = 0`;

const Sums = Type.Array(Type.Number(), {
  minItems: COMPARED_NAMES.length,
  maxItems: COMPARED_NAMES.length,
});
const DifferingRow = Type.Tuple([
  Type.String({ description: 'bot_id' }),
  Type.Integer({ description: 'start of the hour, milliseconds since the epoch' }),
  Count,
  Type.Union([Type.Boolean(), Type.Literal(0), Type.Literal(1)]),
  Type.Number({ description: 'next_offset' }),
  Count,
  Sums,
  Sums,
]);

const shape = rowShape('windows against raw events', {
  partition: Count,
  windows: Count,
  raw_events: Count,
  raw_events_to_come: Count,
  last_offset: Count,
  window_sums: Sums,
  raw_sums: Sums,
  differing: Count,
  settled: Type.Array(DifferingRow),
  unsettled: Type.Array(DifferingRow),
});

/**
 * @param positions - read before
 * @param limit - differing windows named for each partition
 * @throws StoreError
 */
export async function compareWithRaw(
  client: ClickHouseClient,
  chunk: Chunk,
  positions: readonly StoredPosition[],
  limit: number,
): Promise<PartitionComparison[]> {
  const params = {
    // The function takes no empty list; this partition does not exist.
    partitions: [NO_PARTITION, ...positions.map(({ partition }) => partition)],
    epochs: [0, ...positions.map(({ epoch }) => epoch)],
    offsets: [0, ...positions.map(({ nextOffset }) => nextOffset)],
    from_ms: chunk.fromMs,
    to_ms: chunk.toMs,
    from_date: isoDate(chunk.fromMs),
    to_date: isoDate(chunk.toMs),
    bot_from: chunk.botFrom,
    bot_before: chunk.botBefore ?? '',
    limit,
  };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const rows = await selectRows(client, { sql: SQL, params, shape, timeoutMs });
  return rows.map((stored) => ({
    partition: stored.partition,
    windows: stored.windows,
    rawEvents: stored.raw_events,
    rawEventsToCome: stored.raw_events_to_come,
    lastOffset: stored.last_offset,
    windowSums: stored.window_sums,
    rawSums: stored.raw_sums,
    differing: stored.differing,
    settled: stored.settled.map(differingWindow),
    unsettled: stored.unsettled.map(differingWindow),
  }));
}

const NO_PARTITION = 0xffff_ffff;

function differingWindow(tuple: Static<typeof DifferingRow>): DifferingWindow {
  const [botId, startMs, epoch, hasWindow, nextOffset, rawEvents, windowSums, rawSums] = tuple;
  return {
    botId,
    startMs,
    epoch,
    nextOffset: hasWindow ? nextOffset : null,
    rawEvents,
    windowSums,
    rawSums,
  };
}
