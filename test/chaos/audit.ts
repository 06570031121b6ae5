/**
 * After a run: what the store and the health answers say, held against what is true. Every number is
 * taken from another place: raw events, hourly rows, and what a user is answered.
 */

import { COUNTER_NAMES, type Counters, emptyCounters } from '@hookpulse/common/windows/counters';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { HookpulseClient } from '../support/hookpulse-client.ts';
import type { BotTruth } from './workload.ts';

export interface Audit {
  readonly acknowledged: number;
  /** Rows of `webhook_events`, and how many different events they are. */
  readonly rawRows: number;
  readonly rawEvents: number;
  /** Events according to `webhook_metrics`, and to the hourly rows of the health answers. */
  readonly hourlyEvents: number;
  readonly healthEvents: number;
  /** Different updates that stream consumers find on `telegram.updates`. */
  readonly updatesPassedOn: number;
  /** Acknowledged events without a raw row, and acknowledged updates that were not passed on. */
  readonly lost: number;
  /** Raw rows that are there more than once. */
  readonly doubled: number;
  /** Bots' hours whose row differs from the raw events, and bots whose sums differ from the truth. */
  readonly windowsOff: number;
  /** The first of those differences, for whoever has to find out. */
  readonly differences: readonly string[];
}

type Truth = ReadonlyMap<string, BotTruth>;
type Kind = 'received' | 'processed' | 'error' | 'response_sent' | 'retry';
type KindCounts = Readonly<Record<Kind, number>>;
type CountedWindow = Readonly<Counters> & { readonly processing_time_sum_ms: number };

const KINDS: readonly Kind[] = ['received', 'processed', 'error', 'response_sent', 'retry'];
const MAX_SHOWN_DIFFERENCES = 20;

export interface AuditSources {
  readonly store: ClickHouseClient;
  readonly client: HookpulseClient;
  /** By bot: how many different updates are on `telegram.updates`. */
  readonly updatesPassedOn: ReadonlyMap<string, number>;
}

export async function audit(truth: Truth, sources: AuditSources): Promise<Audit> {
  const { store, client, updatesPassedOn } = sources;
  const differences: string[] = [];
  const raw = await rawEvents(store);
  let lost = 0;
  let doubled = 0;
  for (const [botId, expected] of truth) {
    for (const kind of KINDS) {
      const found = raw.get(`${botId}/${kind}`) ?? { rows: 0, events: 0 };
      lost += Math.max(0, expected[kind] - found.events);
      doubled += Math.max(0, found.rows - expected[kind]);
      if (found.rows !== expected[kind] || found.events !== expected[kind]) {
        differences.push(`${botId} ${kind}: ${expected[kind]} true, ${found.rows} raw rows`);
      }
    }
    const passedOn = updatesPassedOn.get(botId) ?? 0;
    lost += Math.max(0, expected.received - passedOn);
    if (passedOn !== expected.received) {
      differences.push(`${botId}: ${expected.received} updates, ${passedOn} passed on`);
    }
  }
  const hours = await hoursThatDiffer(store);
  differences.push(...hours);
  const stored = await hourlyTotals(store);
  const health = await healthTotals(client, [...truth.keys()]);
  const wrongTotals = [
    ...totalsThatDiffer('webhook_metrics', truth, stored),
    ...totalsThatDiffer('health answer', truth, health),
  ];
  differences.push(...wrongTotals);
  return {
    acknowledged: sum([...truth.values()].map(eventsOf)),
    rawRows: sum([...raw.values()].map(({ rows }) => rows)),
    rawEvents: sum([...raw.values()].map(({ events }) => events)),
    hourlyEvents: sum([...stored.values()].map(countedEvents)),
    updatesPassedOn: sum([...updatesPassedOn.values()]),
    healthEvents: sum([...health.values()].map(countedEvents)),
    lost,
    doubled,
    windowsOff: hours.length + wrongTotals.length,
    differences: differences.slice(0, MAX_SHOWN_DIFFERENCES),
  };
}

/** By `bot/kind`. Deliveries are told by their `update_id`, reports by the id they were given. */
async function rawEvents(store: ClickHouseClient) {
  const rows = await select<{ bot_id: string; event_type: string; rows: number; events: number }>(
    store,
    `SELECT bot_id, event_type, count() AS rows,
            uniqExact(if(event_type = 'received', toString(update_id), toString(event_id))) AS events
     FROM webhook_events FINAL GROUP BY bot_id, event_type`,
  );
  return new Map(rows.map((row) => [`${row.bot_id}/${row.event_type}`, row]));
}

/** Every counter of every hour, from raw events and from the hourly rows. */
async function hoursThatDiffer(store: ClickHouseClient): Promise<string[]> {
  const rows = await select<{ bot_id: string; start: string; counted: string; stored: string }>(
    store,
    `SELECT bot_id, toString(start) AS start, toString(anyIf(numbers, source = 'raw')) AS counted,
            toString(anyIf(numbers, source = 'hourly')) AS stored
     FROM (
       SELECT 'raw' AS source, bot_id, toStartOfHour(timestamp) AS start,
         [countIf(event_type = 'received'), countIf(event_type = 'processed'),
          countIf(event_type = 'error'), countIf(event_type = 'response_sent'),
          countIf(event_type = 'retry'), toUInt64(sum(ifNull(processing_time_ms, 0)))] AS numbers
       FROM webhook_events FINAL GROUP BY bot_id, start
       UNION ALL
       SELECT 'hourly' AS source, bot_id, toDateTime(date, 'UTC') + INTERVAL hour HOUR AS start,
         [sum(requests_received), sum(requests_processed), sum(processing_errors),
          sum(responses_sent), sum(retries), toUInt64(sum(processing_time_sum_ms))] AS numbers
       FROM webhook_metrics FINAL GROUP BY bot_id, start
     )
     GROUP BY bot_id, start HAVING counted != stored`,
  );
  return rows.map((row) => `${row.bot_id} ${row.start}: ${row.counted} raw, ${row.stored} hourly`);
}

async function hourlyTotals(store: ClickHouseClient): Promise<Map<string, CountedWindow>> {
  const sums = COUNTER_NAMES.map((name) => `sum(m.${name}) AS ${name}`).join(', ');
  const rows = await select<CountedWindow & { bot_id: string }>(
    store,
    `SELECT bot_id, ${sums}, sum(m.processing_time_sum_ms) AS processing_time_sum_ms
     FROM webhook_metrics AS m FINAL GROUP BY bot_id`,
  );
  return new Map(rows.map((row) => [row.bot_id, row]));
}

/** What the 24 hourly rows of each bot's answer add up to; sums of times are not part of it. */
async function healthTotals(client: HookpulseClient, botIds: readonly string[]) {
  const totals = new Map<string, Counters>();
  for (const botId of botIds) {
    const { hourly } = await client.botHealth(botId);
    const total = emptyCounters();
    for (const name of COUNTER_NAMES) total[name] = sum(hourly.map((hour) => Number(hour[name])));
    totals.set(botId, total);
  }
  return totals;
}

function totalsThatDiffer(
  where: string,
  truth: Truth,
  found: ReadonlyMap<string, Readonly<Counters> & { processing_time_sum_ms?: number }>,
): string[] {
  return [...truth].flatMap(([botId, expected]) => {
    const total = found.get(botId);
    const isRight =
      eventsOf(expected) === 0 ||
      (total?.requests_received === expected.received &&
        total.requests_processed === expected.processed &&
        total.requests_failed === expected.error &&
        total.processing_errors === expected.error &&
        total.responses_sent === expected.response_sent &&
        total.retries === expected.retry &&
        (total.processing_time_sum_ms ?? expected.processingTimeSumMs) ===
          expected.processingTimeSumMs);
    if (isRight) return [];
    return [`${botId} ${where}: ${JSON.stringify(total)}, true ${JSON.stringify(expected)}`];
  });
}

function eventsOf(counts: KindCounts): number {
  return sum(KINDS.map((kind) => counts[kind]));
}

function countedEvents(counters: Readonly<Counters>): number {
  return (
    counters.requests_received +
    counters.requests_processed +
    counters.processing_errors +
    counters.responses_sent +
    counters.retries
  );
}

async function select<Row>(store: ClickHouseClient, query: string): Promise<Row[]> {
  return (await store.query({ query, format: 'JSONEachRow' })).json<Row>();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
