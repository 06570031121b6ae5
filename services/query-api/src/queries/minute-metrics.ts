/** Minutes of one bot, or of all bots together, the newest first: summed from slices in one query. */

import {
  type MetricsPlace,
  type MetricsRow,
  metricsRow,
  UNIT_MS,
} from '@hookpulse/api/metrics-row';
import { windowStart } from '@hookpulse/common/windows/window';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { SLICES } from '@hookpulse/store/tables/windows';
import {
  COUNTED_COLUMNS,
  COUNTED_FIELDS,
  digestBytes,
  SUMMED_COLUMNS,
  SUMMED_FIELDS,
  summedWindow,
} from './metrics-columns.ts';

export interface MinutesRequest {
  /** Null: all bots together, without percentiles. */
  readonly botId: string | null;
  /** Whole minutes, half-open, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after it. */
  readonly after: MetricsPlace | null;
}

const MINUTE_MS = UNIT_MS.minute;

const BEGINS_MS = `intDiv(toInt64(toUnixTimestamp(start)) * 1000, ${MINUTE_MS}) * ${MINUTE_MS}`;

const WITHIN = `start >= toDateTime({from_s:UInt32}, 'UTC') AND start < toDateTime({to_s:UInt32}, 'UTC')`;

/*
 * The newest state of each slice, as FINAL would have it; but FINAL merges the rows of all bots, and
 * those of one are wanted. Slices before minutes: a sum of states would count events several times.
 */
const BOT_SQL = `
  SELECT start_ms, ${SUMMED_COLUMNS}
  FROM (
    SELECT *, ${BEGINS_MS} AS start_ms
    FROM ${SLICES.name}
    WHERE ${WITHIN} AND bot_id = {bot_id:String}
    ORDER BY next_offset DESC
    LIMIT 1 BY start, log_partition, log_epoch
  )
  GROUP BY start_ms
  ORDER BY start_ms DESC
  LIMIT {limit:UInt32}`;

/* Without digests: those of a thousand bots are megabytes a minute. */
const FLEET_SQL = `
  SELECT ${BEGINS_MS} AS start_ms, ${COUNTED_COLUMNS}
  FROM ${SLICES.name} FINAL
  WHERE ${WITHIN}
  GROUP BY start_ms
  ORDER BY start_ms DESC
  LIMIT {limit:UInt32}
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

const botShape = rowShape('the minutes of a bot', SUMMED_FIELDS);
const fleetShape = rowShape('the minutes of the fleet', COUNTED_FIELDS);

/** At most so many rows; minutes without events have none. @throws StoreError */
export async function minuteMetrics(
  client: ClickHouseClient,
  { botId, fromMs, toMs, after }: MinutesRequest,
  limit: number,
): Promise<MetricsRow[]> {
  const endMs = Math.min(toMs, windowStart(after?.startMs ?? toMs, MINUTE_MS));
  if (fromMs >= endMs) return [];
  const span = { from_s: fromMs / 1_000, to_s: endMs / 1_000, limit };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  if (botId === null) {
    const asked = { sql: FLEET_SQL, params: span, shape: fleetShape, timeoutMs };
    return (await selectRows(client, asked)).map((row) =>
      metricsRow({ startMs: row.start_ms, botId: '' }, 'minute', summedWindow(row), []),
    );
  }
  const params = { ...span, bot_id: botId };
  const rows = await selectRows(client, { sql: BOT_SQL, params, shape: botShape, timeoutMs });
  return rows.map((row) => {
    const place = { startMs: row.start_ms, botId };
    return metricsRow(place, 'minute', summedWindow(row), row.digests.map(digestBytes));
  });
}
