/** Hours or days of all bots together: summed from every bot's rows, a share of the bots at a time. */

import {
  type HistoryUnit,
  type MetricsRow,
  metricsRow,
  type SummedWindow,
  UNIT_MS,
} from '@hookpulse/api/metrics-row';
import { isoDate } from '@hookpulse/common/values/iso';
import { addCounters } from '@hookpulse/common/windows/counters';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { HOURS } from '@hookpulse/store/tables/windows';
import {
  digestBytes,
  START_MS,
  SUMMED_COLUMNS,
  SUMMED_FIELDS,
  summedWindow,
} from './metrics-columns.ts';

/** Some 10 MB of an answer, and a tenth of a second in which the store answers nobody else. */
const ROWS_A_QUERY = 40_000;

const BOTS_SQL = `
  SELECT DISTINCT bot_id FROM webhook_metrics
  WHERE date BETWEEN {from_date:Date} AND {to_date:Date}
  ORDER BY bot_id`;

/* Bots come first in the sort key, so that each share reads its own part of the table. */
const sumsSql = (unit: HistoryUnit) => `
  SELECT ${START_MS[unit]} AS start_ms, ${SUMMED_COLUMNS}
  FROM webhook_metrics FINAL
  WHERE date BETWEEN {from_date:Date} AND {to_date:Date}
    AND start_ms IN {starts:Array(Int64)}
    AND bot_id >= {bot_from:String} AND ({bot_before:String} = '' OR bot_id < {bot_before:String})
  GROUP BY start_ms
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

const botShape = rowShape('the bots with metrics', HOURS.select('bot_id').fields);
const sumShape = rowShape('the metrics of the fleet', SUMMED_FIELDS);

interface FleetWindow {
  readonly window: SummedWindow;
  readonly digests: Uint8Array[];
}

/**
 * By start; one that has no rows any more is left out.
 * @param starts - of hours or days, newest first, milliseconds since the epoch
 * @param rowCount - how many rows they have, about
 * @throws StoreError
 */
export async function fleetMetrics(
  client: ClickHouseClient,
  unit: HistoryUnit,
  starts: readonly number[],
  rowCount: number,
): Promise<Map<number, MetricsRow>> {
  const dates = {
    from_date: isoDate(Math.min(...starts)),
    to_date: isoDate(Math.max(...starts) + UNIT_MS[unit] - 1),
  };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const windows = new Map<number, FleetWindow>();
  for (const share of await botShares(client, dates, Math.ceil(rowCount / ROWS_A_QUERY))) {
    const params = { ...dates, starts, ...share };
    for (const row of await selectRows(client, {
      sql: sumsSql(unit),
      params,
      shape: sumShape,
      timeoutMs,
    })) {
      const digests = row.digests.map(digestBytes);
      const known = windows.get(row.start_ms);
      if (known) add(known, summedWindow(row), digests);
      else windows.set(row.start_ms, { window: summedWindow(row), digests });
    }
  }
  return new Map(
    [...windows].map(([startMs, { window, digests }]) => [
      startMs,
      metricsRow({ startMs, botId: '' }, unit, window, digests),
    ]),
  );
}

/** Ranges of bot ids that hold about as many bots each, and any bot that comes meanwhile. */
async function botShares(
  client: ClickHouseClient,
  dates: Readonly<Record<string, string>>,
  count: number,
): Promise<{ bot_from: string; bot_before: string }[]> {
  if (count <= 1) return [{ bot_from: '', bot_before: '' }];
  const bots = await selectRows(client, { sql: BOTS_SQL, params: dates, shape: botShape });
  const size = Math.max(1, Math.ceil(bots.length / count));
  const firsts = bots
    .filter((_, index) => index > 0 && index % size === 0)
    .map((bot) => bot.bot_id);
  const borders = ['', ...firsts, ''];
  return firsts.length === 0
    ? [{ bot_from: '', bot_before: '' }]
    : borders.slice(0, -1).map((bot_from, index) => ({
        bot_from,
        bot_before: borders[index + 1] ?? '',
      }));
}

function add(known: FleetWindow, window: SummedWindow, digests: readonly Uint8Array[]): void {
  addCounters(known.window.counters, window.counters);
  known.window.processing.sumMs += window.processing.sumMs;
  known.window.processing.count += window.processing.count;
  known.window.response.sumMs += window.response.sumMs;
  known.window.response.count += window.response.count;
  const [a, b] = [known.window.lastEventMs, window.lastEventMs];
  known.window.lastEventMs = a === null || (b !== null && b > a) ? b : a;
  for (const digest of digests) known.digests.push(digest);
}
