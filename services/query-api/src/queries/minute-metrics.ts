/** Minutes of one bot, or of all bots together: summed from slices in one query. */

import { type MetricsPlace, type MetricsRow, metricsRow } from '@hookpulse/api/metrics-row';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { SLICES } from '@hookpulse/store/tables/windows';
import {
  COUNTED_COLUMNS,
  COUNTED_FIELDS,
  digestBytes,
  START_MS,
  SUMMED_COLUMNS,
  SUMMED_FIELDS,
  summedWindow,
} from './metrics-columns.ts';

export interface MinutesRequest {
  readonly botId: string;
  /** Whole minutes, half-open, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after it. */
  readonly after: MetricsPlace | null;
}

const WITHIN = `start >= toDateTime({from_s:UInt32}, 'UTC') AND start < toDateTime({to_s:UInt32}, 'UTC')`;

/*
 * PREWHERE picks the bot's rows before FINAL merges them. LIMIT 1 BY is no substitute: a rebuild
 * stores a corrected row under the same next_offset (decision 0035).
 */
const BOT_SQL = `
  SELECT ${START_MS.minute} AS start_ms, ${SUMMED_COLUMNS}
  FROM ${SLICES.name} FINAL
  PREWHERE ${WITHIN} AND bot_id = {bot_id:String}
  GROUP BY start_ms
  ORDER BY start_ms DESC
  LIMIT {limit:UInt32}
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

/* Without digests: those of a thousand bots are megabytes a minute. */
const FLEET_SQL = `
  SELECT ${START_MS.minute} AS start_ms, ${COUNTED_COLUMNS}
  FROM ${SLICES.name} FINAL
  WHERE ${WITHIN} AND start_ms IN {starts:Array(Int64)}
  GROUP BY start_ms
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

const botShape = rowShape('the minutes of a bot', SUMMED_FIELDS);
const fleetShape = rowShape('the minutes of the fleet', COUNTED_FIELDS);

/** At most so many rows, the newest first; minutes without events have none. @throws StoreError */
export async function minuteMetrics(
  client: ClickHouseClient,
  { botId, fromMs, toMs, after }: MinutesRequest,
  limit: number,
): Promise<MetricsRow[]> {
  const endMs = Math.min(toMs, windowStart(after?.startMs ?? toMs, MINUTE_MS));
  if (fromMs >= endMs) return [];
  const params = { from_s: fromMs / 1_000, to_s: endMs / 1_000, limit, bot_id: botId };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const rows = await selectRows(client, { sql: BOT_SQL, params, shape: botShape, timeoutMs });
  return rows.map((row) => {
    const place = { startMs: row.start_ms, botId };
    return metricsRow(place, 'minute', summedWindow(row), row.digests.map(digestBytes));
  });
}

/**
 * Minutes of all bots together, by start, without percentiles; one that has no rows any more is left out.
 * @param starts - one at least, milliseconds since the epoch
 * @throws StoreError
 */
export async function fleetMinutes(
  client: ClickHouseClient,
  starts: readonly number[],
): Promise<Map<number, MetricsRow>> {
  const params = {
    from_s: Math.min(...starts) / 1_000,
    to_s: (Math.max(...starts) + MINUTE_MS) / 1_000,
    starts,
  };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const rows = await selectRows(client, { sql: FLEET_SQL, params, shape: fleetShape, timeoutMs });
  return new Map(
    rows.map((row) => [
      row.start_ms,
      metricsRow({ startMs: row.start_ms, botId: '' }, 'minute', summedWindow(row), []),
    ]),
  );
}
