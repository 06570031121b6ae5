/**
 * Health of the fleet, `GET /api/health/webhook/`, with 1,000 bots on embedded chDB and through the whole
 * HTTP app, at 100,000 and at 10,000,000 stored events. The goals: p99 under 50 ms at both, and the second
 * within 1.5 times of the first.
 *
 * The traffic of the last 15 minutes is the same in both stores, and folded by the same code as the
 * aggregator's; three bots in a hundred have been silent for longer. Each store is in a process of its own;
 * short rounds alternate (small, large, small …), so that whatever else the machine does meets both. Queries
 * that read nothing are timed in every round, too: they are the ceiling.
 *
 *   node bench/health.ts [--small 100000] [--large 10000000] [--bots 1000] [--rate 20] [--rounds 25] [--json]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { percentile } from './lib/answer-times.ts';
import type { FleetStoreOrder, FleetStoreReport } from './lib/fleet-store-server.ts';
import { conditionsNow } from './lib/load-average.ts';
import { type Figures, writeResult } from './lib/results.ts';

const { values: options } = parseArgs({
  options: {
    small: { type: 'string', default: '100000' },
    large: { type: 'string', default: '10000000' },
    bots: { type: 'string', default: '1000' },
    /** Events a second in the last 15 minutes. */
    rate: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '25' },
    json: { type: 'boolean', default: false },
  },
});
const REQUESTS_A_ROUND = 40;
/** As many bots as the goals are for, and as the result of this name is for. */
const USUAL_BOTS = '1000';
const GOAL_MS = options.bots === USUAL_BOTS ? 30 : 120;
const GOAL_RATIO = 1.5;
const roundCount = Number(options.rounds);

interface FilledStore {
  readonly process: ChildProcess;
  readonly answersMs: number[];
  readonly emptyQueriesMs: number[];
}

const conditions = conditionsNow();
// One after the other: both would be slower together.
const small = await startStore(options.small);
const large = await startStore(options.large);
const progress = createProgress('rounds', roundCount, { rate: false });
for (let round = 0; round <= roundCount; round += 1) {
  for (const store of [small, large]) {
    const times = await time(store);
    if (round === 0) continue; // compiles the hot path
    store.answersMs.push(...times.answersMs);
    store.emptyQueriesMs.push(...times.emptyQueriesMs);
  }
  progress.advance(1);
}
progress.finish();
for (const { process: child } of [small, large]) {
  child.send('stop' satisfies FleetStoreOrder);
  await once(child, 'exit');
}
report();

async function startStore(events: string): Promise<FilledStore> {
  const file = join(import.meta.dirname, 'lib/fleet-store-server.ts');
  const child = fork(file, [events, options.bots, options.rate]);
  await nextReport(child);
  return { process: child, answersMs: [], emptyQueriesMs: [] };
}

async function time({ process: child }: FilledStore) {
  child.send({ requests: REQUESTS_A_ROUND } satisfies FleetStoreOrder);
  const times = await nextReport(child);
  if (times.kind !== 'timed') throw new Error('a store did not tell its times');
  return times;
}

async function nextReport(child: ChildProcess): Promise<FleetStoreReport> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a store has ended');
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

function report(): void {
  const [smallP99, largeP99] = [p99(small), p99(large)];
  const ratio = Math.round((largeP99 / smallP99) * 100) / 100;
  const figures: Figures = {
    ...conditions,
    bots: Number(options.bots),
    eventsPerSecond: Number(options.rate),
    ...figuresOf(options.small, small),
    ...figuresOf(options.large, large),
    ratioOfP99: ratio,
    reached: smallP99 < GOAL_MS && largeP99 < GOAL_MS && ratio <= GOAL_RATIO,
  };
  writeResult(options.bots === USUAL_BOTS ? 'health' : `health-${options.bots}`, figures, options);
  if (figures.reached !== true) process.exitCode = 1;
}

function figuresOf(events: string, { answersMs, emptyQueriesMs }: FilledStore): Figures {
  answersMs.sort((a, b) => a - b);
  emptyQueriesMs.sort((a, b) => a - b);
  return {
    [`${events} events, p50 ms`]: percentile(answersMs, 0.5),
    [`${events} events, p99 ms`]: percentile(answersMs, 0.99),
    [`${events} events, empty query p50 ms`]: percentile(emptyQueriesMs, 0.5),
    [`${events} events, empty query p99 ms`]: percentile(emptyQueriesMs, 0.99),
  };
}

function p99({ answersMs }: FilledStore): number {
  return percentile(
    answersMs.toSorted((a, b) => a - b),
    0.99,
  );
}
