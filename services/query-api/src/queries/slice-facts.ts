/** One bot's slices in a span of the last day, as the alert rules look at them. */

import { countAbove } from '@hookpulse/common/digest/count-above';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { SLICES } from '@hookpulse/store/tables/windows';
import type { SliceFacts } from '../domain/alert-condition.ts';
import { COUNTED_COLUMNS, digestBytes, SUMMED_FIELDS, summedWindow } from './metrics-columns.ts';

/* FINAL after PREWHERE: see minute-metrics. Digests only where a rule asks for them. */
const SQL = `
  SELECT ${SLICES.readings.start_ms.sql} AS start_ms, ${COUNTED_COLUMNS},
    groupArrayIf(latency_digest, {with_digests:Bool} AND processing_time_count > 0) AS digests
  FROM ${SLICES.name} FINAL
  PREWHERE start >= toDateTime({from_s:UInt32}, 'UTC') AND start <= toDateTime({to_s:UInt32}, 'UTC')
    AND bot_id = {bot_id:String}
  GROUP BY start_ms
  ORDER BY start_ms
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

const shape = rowShape('the slices of an alert', SUMMED_FIELDS);

export interface SliceRange {
  readonly botId: string;
  /** Milliseconds since the epoch; slices that start in it, both ends included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether `slowerThan` will be asked. */
  readonly needsDigests: boolean;
}

/** In order of time. @throws StoreError */
export async function sliceFacts(
  client: ClickHouseClient,
  { botId, fromMs, toMs, needsDigests }: SliceRange,
): Promise<SliceFacts[]> {
  const params = {
    bot_id: botId,
    from_s: Math.floor(fromMs / 1_000),
    to_s: Math.floor(toMs / 1_000),
    with_digests: needsDigests,
  };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const rows = await selectRows(client, { sql: SQL, params, shape, timeoutMs });
  return rows.map((row) => {
    const { counters, processing, lastEventMs } = summedWindow(row);
    // A slice is in every window of a quarter of an hour, and limits hardly ever change.
    const known = new Map<number, number>();
    return {
      startMs: row.start_ms,
      counters,
      measured: processing.count,
      lastEventMs: lastEventMs ?? row.start_ms,
      slowerThan(limitMs) {
        const count =
          known.get(limitMs) ??
          row.digests.reduce((sum, bytes) => sum + countAbove(digestBytes(bytes), limitMs), 0);
        known.set(limitMs, count);
        return count;
      },
    };
  });
}
