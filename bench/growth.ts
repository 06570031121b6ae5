/**
 * What grows as work grows: the computing time of an event, memory and the health answer of `npm start`, chDB
 * included, with ten times the events, ten times the bots and ten times the days.
 *
 * Four systems, one after the other, each a process and a folder of its own. Events come in by `POST /api/events`,
 * a thousand at a time, as fast as they are taken, and are waited for until aggregator and alerter have counted
 * them. The first system gets all of them, in ten steps; the second a tenth, over ten times the bots; the third a
 * hundredth, of a day that is past; and the last a tenth, of ten days that are past, in the order of time.
 *
 * `--events` is a multiple of 100,000, so that every step is of whole requests.
 *
 *   node bench/growth.ts [--events 10000000] [--bots 1000] [--json]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import { HookpulseClient } from '../test/support/hookpulse-client.ts';
import { startHookpulse } from '../test/support/hookpulse-process.ts';
import { percentile, timesOf } from './lib/answer-times.ts';
import {
  benchOptions,
  numberOption,
  orExit,
  UsageError,
  wholeNumber,
} from './lib/bench-options.ts';
import { conditionsNow } from './lib/load-average.ts';
import { usageOf } from './lib/process-usage.ts';
import { type Figures, writeResult } from './lib/results.ts';

const options = benchOptions({
  /** Of the first system, in the end. */
  events: { type: 'string', default: '10000000' },
  bots: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
});
const TENFOLD = 10;
const DAY_MS = 86_400_000;
const EVENTS_A_REQUEST = 1_000;
const CONCURRENT_REQUESTS = 4;
/** Compiles the hot path, which would be charged to the first step. */
const WARM_UP_EVENTS = 50_000;
const HEALTH_ANSWERS = 100;
const ENV = { LOG_LEVEL: 'warn', WEBHOOK_EVENT_RETENTION_DAYS: String(2 * TENFOLD) };
const COUNTED_LIMIT_MS = 1_800_000;
const eventCount = orExit(() => eventsOf('--events', options.events));
const bots = numberOption('bots', options.bots);

interface Work {
  readonly bots: number;
  /** Events of each step. */
  readonly events: number;
  readonly steps: number;
  /** Over so many days until now; 0: they happen as they are sent. */
  readonly days: number;
}

interface Step {
  /** Of the process, microseconds. */
  readonly cpuUsAnEvent: number;
  readonly eventsPerSecond: number;
  /** Since the start of its system, in the end. */
  readonly minutes: number;
  readonly rssMiB: number;
  readonly peakMiB: number;
  readonly healthP50Ms: number;
  readonly healthP99Ms: number;
}

const conditions = conditionsNow();
const events = eventCount / TENFOLD;
const grown = await measure('events', { bots, events, steps: TENFOLD, days: 0 });
const manyBots = await measure('bots', { bots: bots * TENFOLD, events, steps: 1, days: 0 });
const oneDay = await measure('a day', { bots, events: events / TENFOLD, steps: 1, days: 1 });
const tenDays = await measure('ten days', { bots, events, steps: 1, days: TENFOLD });
writeResult(
  'growth',
  {
    ...conditions,
    bots,
    events: eventCount,
    minutes: Math.round(grown.at(-1)?.minutes ?? 0),
    ...figuresOf('a tenth of the events', grown[0]),
    ...figuresOf('all events', grown.at(-1)),
    // Event ids are remembered for ten minutes: only from then on can memory stand still.
    'memory by steps, MiB': grown.map(({ rssMiB }) => rssMiB).join(', '),
    'CPU by steps, µs an event': grown
      .map(({ cpuUsAnEvent }) => Math.round(cpuUsAnEvent))
      .join(', '),
    'minutes by steps': grown.map(({ minutes }) => Math.round(minutes * 10) / 10).join(', '),
    ...figuresOf('ten times the bots', manyBots[0]),
    ...figuresOf('a day', oneDay[0]),
    ...figuresOf('ten days', tenDays[0]),
  },
  options,
);

async function measure(name: string, work: Work): Promise<readonly Step[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-growth-'));
  const hookpulse = await startHookpulse(dataDir, ENV);
  try {
    const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    const client = new HookpulseClient(hookpulse.urls, adminToken);
    for (let n = 0; n < work.bots; n += 1) await client.registerBot(`bot-${n}`);
    const timeOf = timesOfEvents(work);
    const report = (from: number) => client.report(adminToken, eventsFrom(from, work.bots, timeOf));
    let sent = 0;
    const send = async (count: number): Promise<void> => {
      const from = sent;
      sent += count;
      await reportAll(from, sent, report);
      await until(`${sent} events to be counted`, isCounted, COUNTED_LIMIT_MS);
    };
    const isCounted = async () => {
      const { aggregator, alerter } = hookpulse.urls;
      const [folded, judged] = await Promise.all([scrape(aggregator), scrape(alerter)]);
      return (
        folded.sum('hookpulse_events_counted_total') >= sent &&
        judged.sum('hookpulse_alerter_events_total') >= sent
      );
    };

    const startedMs = performance.now();
    await send(WARM_UP_EVENTS);
    const progress = createProgress(name, work.steps * work.events);
    const steps: Step[] = [];
    for (let n = 0; n < work.steps; n += 1) {
      const before = await usageOf(hookpulse.pid);
      const sinceMs = performance.now();
      await send(work.events);
      const seconds = (performance.now() - sinceMs) / 1_000;
      const { cpuSeconds, rssMiB, peakRssMiB } = await usageOf(hookpulse.pid);
      const health = await timesOf(HEALTH_ANSWERS, async () => {
        await client.fleetHealth();
      });
      steps.push({
        cpuUsAnEvent: ((cpuSeconds - before.cpuSeconds) / work.events) * 1e6,
        eventsPerSecond: work.events / seconds,
        minutes: (performance.now() - startedMs) / 60_000,
        rssMiB,
        peakMiB: peakRssMiB,
        healthP50Ms: percentile(health, 0.5),
        healthP99Ms: percentile(health, 0.99),
      });
      progress.advance(work.events);
    }
    progress.finish();
    return steps;
  } finally {
    await hookpulse.stop('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Every step of every system is of whole requests. @throws UsageError */
function eventsOf(option: string, text: string): number {
  const whole = TENFOLD * TENFOLD * EVENTS_A_REQUEST;
  const count = wholeNumber(option, text);
  if (count % whole === 0) return count;
  throw new UsageError(`${option} is "${text}". It must be a multiple of ${whole}.`);
}

/** Some requests at once. @param report - reports a request full of events, from that number on */
async function reportAll(
  from: number,
  to: number,
  report: (from: number) => Promise<Response>,
): Promise<void> {
  let next = from;
  const sender = async () => {
    while (next < to) {
      const at = next;
      next += EVENTS_A_REQUEST;
      const response = await report(at);
      const text = await response.text();
      if (response.status !== 202) throw new Error(`${response.status}: ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, sender));
}

/** When event number `n` happens; null: as it is sent. */
function timesOfEvents({ days, events, steps }: Work): ((n: number) => string) | null {
  if (days === 0) return null;
  const startMs = Date.now() - days * DAY_MS;
  const stepMs = (days * DAY_MS) / (events * steps + WARM_UP_EVENTS);
  return (n) => new Date(startMs + n * stepMs).toISOString();
}

/** Half received, half processed with a duration: so many events make half as many requests. */
function eventsFrom(from: number, botCount: number, timeOf: ((n: number) => string) | null) {
  return Array.from({ length: EVENTS_A_REQUEST }, (_, index) => {
    const n = from + index;
    const update_id = n >> 1;
    const bot_id = `bot-${update_id % botCount}`;
    const event = { bot_id, update_id, ...(timeOf && { timestamp: timeOf(n) }) };
    return n % 2 === 0
      ? { ...event, event_type: 'received', update_type: 'message' }
      : { ...event, event_type: 'processed', processing_time_ms: 20 + (n % 997) / 7 };
  });
}

function figuresOf(name: string, step: Step | undefined): Figures {
  if (!step) throw new Error(`${name} was not measured`);
  const { cpuUsAnEvent, eventsPerSecond, rssMiB, peakMiB, healthP50Ms, healthP99Ms } = step;
  return {
    [`${name}: CPU, µs an event`]: Math.round(cpuUsAnEvent * 10) / 10,
    [`${name}: events/s`]: Math.round(eventsPerSecond),
    [`${name}: memory, MiB`]: rssMiB,
    [`${name}: peak, MiB`]: peakMiB,
    [`${name}: fleet health, p50 ms`]: healthP50Ms,
    [`${name}: fleet health, p99 ms`]: healthP99Ms,
  };
}
