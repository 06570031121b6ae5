/** Errors by group, the most frequent first: one query for the whole view. */
import type { VisibleBots } from '@hookpulse/api/access';
import type { SummedErrors } from '@hookpulse/api/error-groups';
import type { EventFilter } from '@hookpulse/api/event-filter';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import {
  LONG_ANSWER_TIMEOUT_MS,
  type RowOfShape,
  rowShape,
  selectRows,
} from '@hookpulse/store/select-rows';
import { ERRORS } from '@hookpulse/store/tables/events';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';
import { EVENT_CONDITIONS, VISIBLE_BOTS } from './event-conditions.ts';

export interface ErrorGroupsRequest {
  readonly filter: EventFilter;
  readonly bots: VisibleBots;
  /** Event time, half-open, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the line: 60,000 or 3,600,000. */
  readonly stepMs: number;
  readonly limit: number;
  /** Of each group the newest events. */
  readonly samples: number;
}

export interface SummedErrorGroups {
  readonly groups: readonly SummedErrors[];
  readonly failures: number;
  readonly totalGroups: number;
}

/** Bots that are named; how many there are is told as well. */
const NAMED_BOTS = 5;
/** Anything may be reported as a kind of updates: an answer stays small. */
const NAMED_KINDS = 20;
const IN_RANGE = `timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
      AND timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')`;

/** What picks groups: the share of a group is of all failures beside it. */
const OF_GROUPS = new Set<keyof EventFilter>(['error_type', 'error_fingerprint']);

interface Conditions {
  /** Which bots the caller sees. */
  readonly visibility: readonly string[];
  /** What picks events … */
  readonly beside: readonly string[];
  /** … and what picks groups of these. */
  readonly ofGroups: readonly string[];
}

/*
 * - `counted` is cheap, and says which groups the answer has. Only of these is the rest looked at. They are
 *   one value, `picked`: ClickHouse runs a named query again wherever its name stands, and a value once.
 * - `found` is what the range has; `seen` is when each group came first and last, over all that is stored
 *   and visible: the state of a group follows from it, and is the same whatever is filtered by.
 * - FINAL: an event that was stored twice counts once. Only parts that overlap in time are merged for it.
 */
function sqlOf({ visibility, beside, ofGroups }: Conditions, samples: number): string {
  const visible = and(visibility);
  const also = and([...visibility, ...beside]);
  const isTop = 'error_fingerprint IN (SELECT fingerprint FROM top)';
  return `
    WITH
      counted AS (
        SELECT error_fingerprint AS fingerprint, any(error_type) AS error_type, count() AS events
        FROM ${ERRORS.name} FINAL
        WHERE ${IN_RANGE} ${also}
        GROUP BY fingerprint
      ),
      (
        SELECT groupArray((fingerprint, error_type, events, failures, total_groups))
        FROM (
          SELECT *, count() OVER () AS total_groups
          FROM (SELECT *, sum(events) OVER () AS failures FROM counted)
          WHERE 1 ${and(ofGroups)}
          ORDER BY events DESC, fingerprint
          LIMIT {limit:UInt32}
        )
      ) AS picked,
      top AS (
        SELECT one.1 AS fingerprint, one.2 AS error_type, one.3 AS events, one.4 AS failures, one.5 AS total_groups
        FROM (SELECT arrayJoin(picked) AS one)
      ),
      found AS (
        SELECT
          error_fingerprint AS fingerprint,
          argMax(error_message, timestamp) AS message,
          sumMap(map(intDiv(toUnixTimestamp64Milli(timestamp), {step_ms:Int64}), toUInt64(1))) AS line,
          sumMap(map(toString(bot_id), toUInt64(1))) AS bots,
          sumMap(map(ifNull(toString(update_type), ''), toUInt64(1))) AS kinds
        FROM ${ERRORS.name} FINAL
        WHERE ${IN_RANGE} ${also} AND ${isTop}
        GROUP BY fingerprint
      ),
      newest AS (
        SELECT
          fingerprint,
          arraySort(x -> (-x.1, x.2),
            groupArray((toUnixTimestamp64Milli(timestamp), toString(event_id), toString(bot_id),
              ifNull(toString(update_type), ''), update_id, error_message))) AS samples
        FROM (
          SELECT error_fingerprint AS fingerprint, timestamp, event_id, bot_id, update_type, update_id, error_message
          FROM ${ERRORS.name} FINAL
          WHERE ${IN_RANGE} ${also} AND ${isTop}
          ORDER BY timestamp DESC, event_id
          LIMIT ${samples} BY fingerprint
        )
        GROUP BY fingerprint
      ),
      seen AS (
        SELECT error_fingerprint AS fingerprint, min(timestamp) AS first_at, max(timestamp) AS last_at
        FROM ${ERRORS.name}
        WHERE ${isTop} ${visible}
        GROUP BY fingerprint
      )
    SELECT
      toString(fingerprint) AS print, toString(error_type) AS type, message, events, failures, total_groups,
      toUnixTimestamp64Milli(first_at) AS first_ms,
      toUnixTimestamp64Milli(last_at) AS last_ms,
      mapKeys(line) AS steps, mapValues(line) AS counts,
      toUInt64(length(bots)) AS bot_count,
      arraySlice(arraySort(x -> (-toInt64(x.2), x.1), arrayZip(mapKeys(bots), mapValues(bots))), 1, ${NAMED_BOTS})
        AS named_bots,
      arraySlice(arraySort(x -> (-toInt64(x.2), x.1), arrayZip(mapKeys(kinds), mapValues(kinds))), 1, ${NAMED_KINDS})
        AS kind_counts,
      samples
    FROM top INNER JOIN found USING (fingerprint) INNER JOIN newest USING (fingerprint)
      INNER JOIN seen USING (fingerprint)
    ORDER BY events DESC, print
    SETTINGS do_not_merge_across_partitions_select_final = 1`;
}

function and(conditions: readonly string[]): string {
  return conditions.map((condition) => `AND ${condition}`).join(' ');
}

const Pair = Type.Tuple([Type.String(), Count]);
const shape = rowShape('groups of errors', {
  print: Type.String(),
  type: Nullable(Type.String()),
  message: Nullable(Type.String()),
  events: Count,
  failures: Count,
  total_groups: Count,
  first_ms: TimeMs,
  last_ms: TimeMs,
  steps: Type.Array(Type.Integer()),
  counts: Type.Array(Count),
  bot_count: Count,
  named_bots: Type.Array(Pair),
  kind_counts: Type.Array(Pair),
  samples: Type.Array(
    Type.Tuple([
      TimeMs,
      Type.String(),
      Type.String(),
      Type.String(),
      Nullable(Type.Integer()),
      Nullable(Type.String()),
    ]),
  ),
});

/** @throws StoreError */
export async function errorGroups(
  client: ClickHouseClient,
  request: ErrorGroupsRequest,
): Promise<SummedErrorGroups> {
  const { filter, bots, fromMs, toMs, stepMs, limit, samples } = request;
  const given = EVENT_CONDITIONS.filter(({ name }) => filter[name] !== undefined);
  const beside = given.filter(({ name }) => !OF_GROUPS.has(name)).map(({ sql }) => sql);
  const ofGroups: string[] = [];
  if (filter.error_type !== undefined) ofGroups.push('error_type = {error_type:String}');
  if (filter.error_fingerprint !== undefined) {
    ofGroups.push('fingerprint = {error_fingerprint:String}');
  }
  const visibility = bots ? [VISIBLE_BOTS] : [];
  const rows = await selectRows(client, {
    sql: sqlOf({ visibility, beside, ofGroups }, samples),
    params: {
      ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
      ...(bots ? { bots: [...bots] } : {}),
      from_ms: fromMs,
      to_ms: toMs,
      step_ms: stepMs,
      limit,
    },
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  if (rows.length === 0 && ofGroups.length > 0) {
    // No row tells what there was to choose from.
    const { error_type, error_fingerprint, ...besideGroups } = filter;
    const all = { ...request, filter: besideGroups, limit: 1, samples: 1 };
    return { groups: [], failures: (await errorGroups(client, all)).failures, totalGroups: 0 };
  }
  return {
    groups: rows.map((row) => summed(row, stepMs)),
    failures: rows[0]?.failures ?? 0,
    totalGroups: rows[0]?.total_groups ?? 0,
  };
}

function summed(row: RowOfShape<typeof shape>, stepMs: number): SummedErrors {
  return {
    fingerprint: row.print,
    errorType: row.type,
    message: row.message,
    count: row.events,
    failures: row.failures,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
    line: row.steps.map((step, at) => [step * stepMs, row.counts[at] ?? 0] as const),
    botCount: row.bot_count,
    bots: row.named_bots,
    updateTypes: row.kind_counts,
    samples: row.samples.map(([timeMs, eventId, botId, updateType, updateId, message]) => ({
      ...{ timeMs, eventId, botId, updateType, updateId, message },
    })),
  };
}
