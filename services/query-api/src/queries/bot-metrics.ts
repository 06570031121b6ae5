/** A page of hours or days, each of one bot, the newest first. */

import type { VisibleBots } from '@hookpulse/api/access';
import {
  type HistoryUnit,
  type MetricsPlace,
  type MetricsRow,
  metricsRow,
  UNIT_MS,
} from '@hookpulse/api/metrics-row';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { HOURS } from '@hookpulse/store/tables/windows';
import Type from 'typebox';
import {
  digestBytes,
  START_MS,
  SUMMED_COLUMNS,
  SUMMED_FIELDS,
  summedWindow,
} from './metrics-columns.ts';

export interface MetricsRequest {
  readonly unit: HistoryUnit;
  /** Null: all bots. */
  readonly botId: string | null;
  /** Only rows of these. */
  readonly bots: VisibleBots;
  /** Whole hours or days, half-open, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after it. */
  readonly after: MetricsPlace | null;
}

/* The date bounds are what the partitions can use, and the sort key where a bot is given. */
const WITHIN = `date BETWEEN {from_date:Date} AND {to_date:Date}
    AND start_ms >= {from_ms:Int64} AND start_ms < {to_ms:Int64}
    AND ({bot_id:String} = '' OR bot_id = {bot_id:String})
    AND (empty({bots:Array(String)}) OR bot_id IN {bots:Array(String)})`;

/* A row that has several states in parts not merged yet is one place all the same. */
const placesSql = (unit: HistoryUnit) => `
  SELECT DISTINCT ${START_MS[unit]} AS start_ms, bot_id
  FROM webhook_metrics
  WHERE ${WITHIN}
    AND (start_ms < {after_ms:Int64} OR (start_ms = {after_ms:Int64} AND bot_id > {after_bot:String}))
  ORDER BY start_ms DESC, bot_id
  LIMIT {limit:UInt32}`;

/* FINAL after PREWHERE: see minute-metrics. */
const rowsSql = (unit: HistoryUnit) => `
  SELECT ${START_MS[unit]} AS start_ms, bot_id AS bot, ${SUMMED_COLUMNS}
  FROM ${HOURS.name} FINAL
  PREWHERE ${WITHIN}
    AND (start_ms < {first_ms:Int64} OR bot_id >= {first_bot:String})
    AND (start_ms > {last_ms:Int64} OR bot_id <= {last_bot:String})
  GROUP BY start_ms, bot
  ORDER BY start_ms DESC, bot
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

const placeShape = rowShape('a page of metrics', HOURS.select('start_ms', 'bot_id').fields);
const windowShape = rowShape('the metrics of bots', { bot: Type.String(), ...SUMMED_FIELDS });

/** Before every row. */
const BEGINNING: MetricsPlace = { startMs: Number.MAX_SAFE_INTEGER, botId: '' };

/** At most so many rows. @throws StoreError */
export async function botMetrics(
  client: ClickHouseClient,
  request: MetricsRequest,
  limit: number,
): Promise<MetricsRow[]> {
  const places = await newestPlaces(client, request, limit);
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last) return [];
  const { unit } = request;
  const params = {
    ...boundsOf({
      ...request,
      fromMs: last.startMs,
      toMs: first.startMs + UNIT_MS[unit],
    }),
    first_ms: first.startMs,
    first_bot: first.botId,
    last_ms: last.startMs,
    last_bot: last.botId,
  };
  const rows = await selectRows(client, {
    sql: rowsSql(unit),
    params,
    shape: windowShape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return rows.map((row) => {
    const place = { startMs: row.start_ms, botId: row.bot };
    return metricsRow(place, unit, summedWindow(row), row.digests.map(digestBytes));
  });
}

/**
 * Looks at the last days first: a page is rarely older, and years of hours need not be read for it.
 */
async function newestPlaces(
  client: ClickHouseClient,
  request: MetricsRequest,
  limit: number,
): Promise<MetricsPlace[]> {
  const { fromMs, toMs, after } = request;
  const endMs = Math.min(toMs, (after ?? BEGINNING).startMs + DAY_MS);
  const firstTries = [2 * DAY_MS, 40 * DAY_MS].map((spanMs) => endMs - spanMs);
  for (const sinceMs of [...firstTries.filter((ms) => ms > fromMs), fromMs]) {
    const bounds = { ...request, fromMs: sinceMs, toMs: endMs };
    const found = await selectPlaces(client, bounds, limit);
    if (found.length === limit || sinceMs === fromMs) return found;
  }
  return [];
}

async function selectPlaces(
  client: ClickHouseClient,
  request: MetricsRequest,
  limit: number,
): Promise<MetricsPlace[]> {
  const { startMs, botId } = request.after ?? BEGINNING;
  const rows = await selectRows(client, {
    sql: placesSql(request.unit),
    params: { ...boundsOf(request), after_ms: startMs, after_bot: botId, limit },
    shape: placeShape,
  });
  return rows.map(({ start_ms, bot_id }) => ({ startMs: start_ms, botId: bot_id }));
}

function boundsOf({ fromMs, toMs, botId, bots }: MetricsRequest) {
  return {
    from_ms: fromMs,
    to_ms: toMs,
    from_date: isoDate(fromMs),
    to_date: isoDate(toMs),
    bot_id: botId ?? '',
    bots: [...(bots ?? [])],
  };
}
