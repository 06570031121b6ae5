/** The measures of the page's first table: each with its goal, and how its figure is read from a result. */
import { isRateReached } from '../lib/asked-rate.ts';
import { busyWarning } from '../lib/load-average.ts';
import { type Spread, spreadOf } from '../lib/spread.ts';
import { spreadIn } from '../lib/spread-figures.ts';
import { type PeersResult, peersResultOf } from '../peers/result.ts';
import { cpuUs, measuredCandidate, peerRatio, short } from '../peers/table.ts';

/**
 * A benchmark's result as it is written: `at`, `machine` and its figures.
 * `typed`: it is no benchmark's file, but was copied by hand from notes of an earlier run.
 */
export type Result = Readonly<Record<string, unknown>>;

/** The last of each benchmark. */
export type Results = Readonly<Record<string, Result>>;

export interface Seen {
  /** With its spread. */
  readonly text: string;
  readonly reached: boolean;
}

export interface Measure {
  readonly what: string;
  readonly goal: string;
  /** Whose result has the figure; null: no benchmark measures it yet. */
  readonly benchmark: string | null;
  /**
   * Null: this result has no such figure, or was made with other options than the row is about.
   * @param results - by benchmark
   */
  seen?(result: Result, results: Results): Seen | null;
}

/** Fewer have no spread. */
const LEAST_ROUNDS = 3;

export const MEASURES: readonly Measure[] = [
  {
    what: 'ingest on Kafka: acknowledged requests/s, as a share of Go `net/http` + franz-go with the same checks',
    goal: '≥ 1.0',
    benchmark: 'peers',
    seen: ofPeers((peers) =>
      share(
        peerRatio(peers, ['hookpulse', 'go'], ({ requestsPerSecond }) => requestsPerSecond),
        1,
      ),
    ),
  },
  {
    what: 'ingest on Kafka: requests per CPU second, the broker’s included, as a share of the same',
    goal: '≥ 1.0',
    benchmark: 'peers',
    seen: ofPeers((peers) => share(peerRatio(peers, ['go', 'hookpulse'], cpuUs), 1)),
  },
  {
    what: 'ingest on the embedded log: requests/s, as a share of bare Fastify that parses the same body',
    goal: '≥ 0.75',
    benchmark: 'peers',
    seen: ofPeers((peers) =>
      share(
        peerRatio(peers, ['embedded', 'bare'], ({ requestsPerSecond }) => requestsPerSecond),
        0.75,
      ),
    ),
  },
  {
    what: 'ingest on the embedded log: p99 at half of its top rate',
    goal: '≤ 10 ms',
    benchmark: 'peers',
    seen: ofPeers((peers) => {
      const rounds = measuredCandidate(peers, 'embedded')?.halfRate ?? [];
      if (rounds.length === 0) return null;
      const p99 = spreadOf(rounds.map(({ p99Ms }) => p99Ms));
      return { text: spreadText(p99, (ms) => `${short(ms)} ms`), reached: p99.median <= 10 };
    }),
  },
  {
    what: 'the whole `npm start`, everything folded, judged and stored meanwhile, as a share of its ingest alone',
    goal: '≥ 0.65',
    benchmark: 'peers',
    seen: ofPeers((peers) =>
      share(
        peerRatio(peers, ['whole', 'embedded'], ({ requestsPerSecond }) => requestsPerSecond),
        0.65,
      ),
    ),
  },
  {
    what: 'aggregator on Kafka: events a second and core, to stored rows, as a share of a kafkajs consumer that only parses the JSON',
    goal: '≥ 0.60',
    benchmark: 'consumers',
    seen: (result) => shareOfRounds(result, 'aggregator, share of parsing', 0.6),
  },
  {
    what: 'alerter: the same',
    goal: '≥ 0.70',
    benchmark: 'consumers',
    seen: (result) => shareOfRounds(result, 'alerter, share of parsing', 0.7),
  },
  {
    what: 'forwarder: hand-overs a second and core, as a share of `undici` alone that posts the same bodies',
    goal: '≥ 0.60',
    benchmark: 'hand-overs',
    seen: (result) => shareOfRounds(result, 'forwarder, share of undici', 0.6),
  },
  {
    what: 'from an update’s 200 to the health answer that counts it, at 2,000 a second: p99 (the slowest of the probes)',
    goal: '≤ 500 ms',
    benchmark: 'visibility',
    seen: ({ p50Ms, maxMs, probes, eventsPerSecond, reachedEventsPerSecond }) => {
      // Results of before this figure have no other than the rate that was asked for.
      const reachedRate = reachedEventsPerSecond ?? eventsPerSecond;
      const isOfThisRate = eventsPerSecond === 2_000 && isRateReached(2_000, Number(reachedRate));
      if (!isOfThisRate || !figures(p50Ms, maxMs)) return null;
      return {
        text: `${maxMs} ms of ${probes} probes, median ${p50Ms} ms`,
        reached: Number(maxMs) <= 500,
      };
    },
  },
  {
    what: 'fleet health of 1,000 bots: p99',
    goal: '≤ 30 ms',
    benchmark: 'health',
    seen: (result) => {
      const p99 = spreadOfRuns(result['10000000 events, p99 ms']);
      if (p99 === null || result.bots !== 1_000) return null;
      const text = `${spreadText(p99, (ms) => `${short(ms)} ms`)} at 10,000,000 events`;
      return { text, reached: p99.median <= 30 };
    },
  },
  {
    what: 'fleet health of 10,000 bots: p99',
    goal: '≤ 120 ms',
    benchmark: 'health-10000',
    seen: (result) => {
      const events = '1000000 events';
      const p99 = Number(result[`${events}, p99 ms`]);
      const empty = Number(result[`${events}, empty query p99 ms`]);
      if (result.bots !== 10_000 || !figures(p99, empty)) return null;
      const text = `${short(p99)} ms at 1,000,000 events; \`SELECT 1\` ${short(empty)} ms`;
      return { text, reached: p99 <= 120 };
    },
  },
  {
    what: 'memory of `npm start` after 1,000,000 events',
    goal: '≤ 600 MB',
    benchmark: 'growth',
    seen: (result) => {
      const [after, peak] = memoryAfter('a tenth of the events', result);
      if (result.events !== 10_000_000 || !figures(after, peak)) return null;
      return { text: `${after} MB, peak ${peak} MB`, reached: Math.max(after, peak) <= 600 };
    },
  },
  {
    what: '… and after 10,000,000 events',
    goal: 'the same within 10 %',
    benchmark: 'growth',
    seen: (result) => {
      const [before] = memoryAfter('a tenth of the events', result);
      const [after, peak] = memoryAfter('all events', result);
      if (result.events !== 10_000_000 || !figures(before, after, peak)) return null;
      return { text: `${after} MB, peak ${peak} MB`, reached: after <= before * 1.1 };
    },
  },
  {
    what: 'memory of the services at 10,000 bots: aggregator, alerter, ingest, forwarder (the most at any time)',
    goal: '≤ 600, 300, 200, 300 MB',
    benchmark: 'many-bots',
    seen: memoryOfServices,
  },
  {
    what: '100,000 bots: start of each service, memory, fleet page, evaluation',
    goal: 'in a straight line from 10,000; start ≤ 30 s',
    benchmark: 'many-bots-100000',
    seen: (result, results) => tenfold(100_000, result, results['many-bots']),
  },
  {
    what: '1,000,000 bots: the same',
    goal: 'in a straight line from 100,000; start ≤ 30 s',
    benchmark: 'many-bots-1000000',
    seen: (result, results) => tenfold(1_000_000, result, results['many-bots-100000']),
  },
  {
    what: 'first view of the dashboard, cold, 50 bots',
    goal: '≤ 0.6 s median',
    benchmark: 'dashboard',
    seen: (result) => {
      const median = result['cold first view, median (ms)'];
      const slowest = result['cold first view, slowest (ms)'];
      return figures(median, slowest) && isAtLeast(LEAST_ROUNDS, result.views)
        ? {
            text: `${median} ms, slowest ${slowest} ms`,
            reached: Number(median) <= 600,
          }
        : null;
    },
  },
  {
    what: 'CPU time an event, and fleet health, with 10 times the events, bots, days',
    goal: 'flat within 15 %; health within 1.3 times',
    benchmark: 'growth',
    seen: growthOf,
  },
];

/** Null: it is not measured. */
export function seenIn(results: Results, { benchmark, seen }: Measure): Seen | null {
  const result = benchmark === null ? undefined : results[benchmark];
  return (result && seen?.(result, results)) ?? null;
}

/** Lines of Markdown. */
export function measuresTable(results: Results): readonly string[] {
  const rows = MEASURES.map((measure) => {
    const result = measure.benchmark === null ? undefined : results[measure.benchmark];
    const seen = seenIn(results, measure);
    const cells = seen
      ? [seen.text, seen.reached ? 'reached' : '**missed**', dateOf(result)]
      : ['not measured', '', ''];
    return `| ${[measure.what, measure.goal, ...cells].join(' | ')} |`;
  });
  return ['| measure | goal | seen | | on |', '| --- | --- | --- | --- | --- |', ...rows];
}

function dateOf(result: Result | undefined): string {
  const day = `${String(result?.at).slice(0, 10)}${result?.typed === true ? ', typed' : ''}`;
  const { loadAverage, cores } = result ?? {};
  const isBusy = figures(loadAverage, cores) && busyWarning(Number(loadAverage), Number(cores));
  return isBusy ? `${day}, load average ${loadAverage}` : day;
}

/** As goals have it. */
function megabytes(mib: unknown): number {
  return Math.round((Number(mib) * 2 ** 20) / 1e6);
}

const MEMORY_GOALS_MB = { aggregator: 600, alerter: 300, ingest: 200, forwarder: 300 } as const;

function memoryOfServices(result: Result): Seen | null {
  if (!isOfBots(10_000, result)) return null;
  const services = Object.entries(MEMORY_GOALS_MB).map(([service, goal]) => ({
    peak: megabytes(result[`${service}: peak, MiB`]),
    goal,
  }));
  if (!figures(...services.map(({ peak }) => peak))) return null;
  return {
    text: `${services.map(({ peak }) => peak).join(', ')} MB${heapsOf(result)}`,
    reached: services.every(({ peak, goal }) => peak <= goal),
  };
}

/** Now, and at the most. */
function memoryAfter(step: string, result: Result): [number, number] {
  return [megabytes(result[`${step}: memory, MiB`]), megabytes(result[`${step}: peak, MiB`])];
}

/** What grew, and beside which step of `bench/growth.ts`. */
const GROWN = [
  { what: 'events', from: 'a tenth of the events', to: 'all events' },
  { what: 'bots', from: 'a tenth of the events', to: 'ten times the bots' },
  { what: 'days', from: 'a day', to: 'ten days' },
] as const;

function growthOf(result: Result): Seen | null {
  if (result.events !== 10_000_000) return null;
  const times = GROWN.map(({ what, from, to }) => {
    const grown = (figure: string) =>
      Number(result[`${to}: ${figure}`]) / Number(result[`${from}: ${figure}`]);
    return { what, cpu: grown('CPU, µs an event'), health: grown('fleet health, p50 ms') };
  });
  if (!figures(...times.flatMap(({ cpu, health }) => [cpu, health]))) return null;
  const parts = times.map(
    ({ what, cpu, health }) =>
      `${what}: ${cpu.toFixed(2)} times the CPU, ${health.toFixed(2)} times the health`,
  );
  return {
    text: `${parts.join('; ')} (${result.minutes} min at full load)`,
    reached: times.every(({ cpu, health }) => cpu <= 1.15 && health <= 1.3),
  };
}

const MANY_BOTS_SERVICES = ['ingest', 'forwarder', 'aggregator', 'alerter', 'query-api'] as const;
const LONGEST_START_S = 30;
/** Of ten times the bots. */
const STRAIGHT_LINE = 10;
/** The defaults of `bench/many-bots.ts` with up to 20,000 bots. */
const MANY_BOTS_RATE = 1_000;
const MANY_BOTS_DELIVERIES = 20_000;

/** Null also when there is nothing to compare with. @param smaller - of a tenth of the bots */
function tenfold(bots: number, result: Result, smaller: Result | undefined): Seen | null {
  if (!isOfBots(bots, result)) return null;
  const all = (figure: string) => MANY_BOTS_SERVICES.map((service) => `${service}: ${figure}`);
  const starts = all('start, s').map((name) => Number(result[name]));
  const peaks = all('peak, MiB').map((name) => megabytes(result[name]));
  const health = Number(result['fleet health, p50 ms']);
  const evaluation = Number(result['evaluation, mean ms']);
  if (!figures(...starts, ...peaks, health, evaluation)) return null;
  const grown = [...all('peak, MiB'), 'fleet health, p50 ms', 'evaluation, mean ms'];
  if (smaller === undefined || !isOfBots(bots / STRAIGHT_LINE, smaller)) return null;
  const growth = grown.map((name) => Number(result[name]) / Number(smaller[name]));
  return {
    text:
      `${MANY_BOTS_SERVICES.join(', ')}: ${starts.join(', ')} s; ${peaks.join(', ')} MB; ` +
      `fleet health ${Math.round(health)} ms; evaluation ${Math.round(evaluation)} ms` +
      `${trafficOf(bots, result)}${heapsOf(result)}`,
    reached:
      isAtLeast(bots, result.deliveries) &&
      starts.every((seconds) => seconds <= LONGEST_START_S) &&
      growth.every((times) => times <= STRAIGHT_LINE),
  };
}

/** Whether `bench/many-bots.ts` measured so many bots, with traffic that says something. */
function isOfBots(bots: number, { bots: measured, perSecond, deliveries }: Result): boolean {
  return (
    measured === bots && perSecond === MANY_BOTS_RATE && isAtLeast(MANY_BOTS_DELIVERIES, deliveries)
  );
}

/** Says that not every bot had a delivery; nothing where each had. */
function trafficOf(bots: number, { deliveries }: Result): string {
  if (isAtLeast(bots, deliveries)) return '';
  return `; deliveries to ${Number(deliveries).toLocaleString('en')} of the bots`;
}

/** Says that the services did not have their own bounds; nothing where they had. */
function heapsOf({ heapMiB }: Result): string {
  if (!figures(heapMiB)) return '';
  return `; heaps of ${Number(heapMiB).toLocaleString('en')} MiB instead of their own`;
}

/** Older results do not say it. */
function isAtLeast(least: number, value: unknown): boolean {
  return value === undefined || Number(value) >= least;
}

function ofPeers(seen: (peers: PeersResult) => Seen | null): (result: Result) => Seen | null {
  return (result) => {
    const peers = peersResultOf(result);
    return peers.roundCount >= LEAST_ROUNDS ? seen(peers) : null;
  };
}

function shareOfRounds(result: Result, figure: string, goal: number): Seen | null {
  return isAtLeast(LEAST_ROUNDS, result.rounds) ? share(spreadIn(result, figure), goal) : null;
}

function share(spread: Spread | null, goal: number): Seen | null {
  if (spread === null) return null;
  const text = spreadText(spread, (value) => value.toFixed(2));
  return { text, reached: spread.median >= goal };
}

function spreadText({ median, lowest, highest }: Spread, write: (value: number) => string): string {
  return `${write(median)} (${write(lowest)} to ${write(highest)})`;
}

/** Of one figure, or of those of several runs. */
function spreadOfRuns(figure: unknown): Spread | null {
  const runs = [figure].flat();
  return figures(...runs) ? spreadOf(runs.map(Number)) : null;
}

function figures(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isFinite(value));
}
