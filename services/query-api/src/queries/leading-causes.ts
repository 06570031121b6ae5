/** What most failures of each bot come down to now: one query for the whole fleet. */
import type { VisibleBots } from '@hookpulse/api/access';
import type { LeadingCauses } from '@hookpulse/api/error-groups';
import { QUIET_MS } from '@hookpulse/common/events/error-cause';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { ERRORS } from '@hookpulse/store/tables/events';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';

export interface LeadingCausesRequest {
  /** Null: every bot. */
  readonly botId: string | null;
  readonly bots: VisibleBots;
  /** Moments, milliseconds since the epoch: a cause leads by its events from the first on … */
  readonly recentMs: number;
  /** … and is looked back at to the second. */
  readonly fromMs: number;
}

/** Anything may be reported as a kind of updates: an answer stays small. */
const NAMED_KINDS = 20;

/*
 * - `leading` is cheap: it looks at the recent events alone. Only of these groups is the rest looked at.
 * - `groups` has their minutes. The last of them that followed a quiet time is when it began.
 * - `totals` has the minutes of all failures of a bot: the share is of those since then.
 */
const MINUTE = `intDiv(toUnixTimestamp64Milli(timestamp), ${MINUTE_MS})`;
const SQL = `
  WITH
    leading AS (
      SELECT bot_id, error_fingerprint
      FROM ${ERRORS.name} FINAL
      WHERE timestamp >= fromUnixTimestamp64Milli({recent_ms:Int64}, 'UTC')
        AND ({bot_id:String} = '' OR bot_id = {bot_id:String})
        AND (empty({bots:Array(String)}) OR bot_id IN {bots:Array(String)})
      GROUP BY bot_id, error_fingerprint
      ORDER BY count() DESC, error_fingerprint
      LIMIT 1 BY bot_id
    ),
    minutes AS (
      SELECT bot_id, error_fingerprint AS fingerprint, ${MINUTE} AS minute,
        any(error_type) AS type, argMax(error_message, timestamp) AS message, count() AS events,
        toUnixTimestamp64Milli(min(timestamp)) AS first_ms,
        groupUniqArray(${NAMED_KINDS})(ifNull(toString(update_type), '')) AS kinds
      FROM ${ERRORS.name} FINAL
      WHERE timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
        AND (bot_id, error_fingerprint) IN leading
      GROUP BY bot_id, fingerprint, minute
    ),
    groups AS (
      SELECT bot_id, fingerprint, any(type) AS error_type, argMax(message, minute) AS error_message,
        arraySort(groupArray((minute, events, first_ms, kinds))) AS line,
        arrayMap(x -> x.1, line) AS starts,
        greatest(1, arrayLastIndex(x -> x > ${QUIET_MS / MINUTE_MS}, arrayDifference(starts))) AS begin,
        starts[begin] AS since_minute, line[begin].3 AS since_ms
      FROM minutes
      GROUP BY bot_id, fingerprint
    ),
    totals AS (
      SELECT bot_id, groupArray((minute, events)) AS all_minutes
      FROM (
        SELECT bot_id, ${MINUTE} AS minute, count() AS events
        FROM ${ERRORS.name} FINAL
        WHERE timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
          AND bot_id IN (SELECT bot_id FROM leading)
        GROUP BY bot_id, minute
      )
      GROUP BY bot_id
    )
  SELECT toString(bot_id) AS bot, fingerprint, error_type, error_message, since_ms,
    toUInt64(arraySum(x -> if(x.1 >= since_minute, x.2, 0), line)) AS events,
    toUInt64(arraySum(x -> if(x.1 >= since_minute, x.2, 0), all_minutes)) AS failures,
    arraySlice(
      arraySort(arrayDistinct(arrayFlatten(arrayMap(x -> x.4, arrayFilter(x -> x.1 >= since_minute, line))))),
      1, ${NAMED_KINDS}) AS kinds
  FROM groups INNER JOIN totals USING (bot_id)
  ORDER BY bot
  SETTINGS do_not_merge_across_partitions_select_final = 1`;

const shape = rowShape('the leading causes', {
  bot: Type.String(),
  fingerprint: Type.String(),
  error_type: Nullable(Type.String()),
  error_message: Nullable(Type.String()),
  since_ms: TimeMs,
  events: Count,
  failures: Count,
  kinds: Type.Array(Type.String()),
});

/** Of each bot with failures lately, by bot. @throws StoreError */
export async function leadingCauses(
  client: ClickHouseClient,
  { botId, bots, recentMs, fromMs }: LeadingCausesRequest,
): Promise<LeadingCauses['causes']> {
  const params = {
    bot_id: botId ?? '',
    bots: [...(bots ?? [])],
    recent_ms: recentMs,
    from_ms: fromMs,
  };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return rows.map((row) => ({
    bot_id: row.bot,
    fingerprint: row.fingerprint,
    error_type: row.error_type,
    error_message: row.error_message,
    count: row.events,
    failures: row.failures,
    // Without a quiet time before it, it may have begun earlier than was looked back.
    since: row.since_ms - fromMs < QUIET_MS ? null : iso(row.since_ms),
    update_types: row.kinds.includes('') ? [] : row.kinds,
  }));
}
