/** How every bot's last hours went: one query for the whole fleet. */

import type { StoredTrend } from '@hookpulse/api/fleet-trend';
import { Count } from '@hookpulse/common/values/count';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';

/*
 * An hour has one row for each partition and epoch of the log that fed it: sums first, compared
 * afterwards (`events` in domain/counters). The stored p95 is taken instead of the digests, which are a
 * hundred times as much to read; where an hour has several rows, that of the largest.
 */
const SQL = `
  SELECT
    bot_id,
    groupArray(nth) AS nths,
    groupArray(events) AS events,
    groupArray(failed) AS errors,
    argMaxIf(p95_ms, nth, measured > 0) AS p95_ms
  FROM (
    SELECT
      bot_id,
      intDiv((toInt64(toUnixTimestamp(toDateTime(date, 'UTC'))) + hour * 3600) * 1000 - {from_ms:Int64},
        ${HOUR_MS}) AS nth,
      sum(requests_failed) AS failed,
      greatest(sum(requests_received), sum(requests_processed) + failed) AS events,
      sum(processing_time_count) AS measured,
      argMax(p95_processing_time_ms, processing_time_count) AS p95_ms
    FROM webhook_metrics FINAL
    PREWHERE date BETWEEN {from_date:Date} AND {to_date:Date}
    WHERE nth >= 0 AND nth < {hours:UInt32}
    GROUP BY bot_id, nth
  )
  GROUP BY bot_id`;

const Milliseconds = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);
const shape = rowShape('the trends of the fleet', {
  bot_id: Type.String(),
  nths: Type.Array(Type.Integer()),
  events: Type.Array(Count),
  errors: Type.Array(Count),
  p95_ms: Milliseconds,
});

/**
 * @param fromMs - start of the first hour, milliseconds since the epoch
 * @returns by bot; absent when there were no events
 * @throws StoreError
 */
export async function fleetTrends(
  client: ClickHouseClient,
  fromMs: number,
  hours: number,
): Promise<Map<string, StoredTrend>> {
  const params = {
    from_ms: fromMs,
    from_date: isoDate(fromMs),
    to_date: isoDate(fromMs + (hours - 1) * HOUR_MS),
    hours,
  };
  const rows = await selectRows(client, {
    sql: SQL,
    params,
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return new Map(
    rows.map(({ bot_id, nths, events, errors, p95_ms }) => [
      bot_id,
      { nths, events, errors, p95Ms: p95_ms },
    ]),
  );
}
