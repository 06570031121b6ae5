/**
 * Health of the fleet, `GET /api/health/webhook/`, with 1,000 bots on embedded chDB and through the whole
 * HTTP app, at 100,000 and at 10,000,000 stored events. The goals: p99 under 30 ms at both (120 ms with
 * more or fewer bots), and the second within 1.5 times of the first.
 *
 * The traffic of the last 15 minutes is the same in both stores, and folded by the same code as the
 * aggregator's; three bots in a hundred have been silent for longer. Each store is in a process of its own;
 * short rounds alternate (small, large, small …), so that whatever else the machine does meets both. Queries
 * that read nothing are timed in every round, too: they are the ceiling.
 *
 *   node bench/health.ts [--small 100000] [--large 10000000] [--bots 1000] [--rate 20] [--rounds 25] [--json]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { percentile } from './lib/answer-times.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { untilExit } from './lib/end-child.ts';
import type { FleetStoreOrder, FleetStoreReport } from './lib/fleet-store-server.ts';
import { conditionsNow } from './lib/load-average.ts';
import { ask, nextMessage } from './lib/next-message.ts';
import { type Figures, writeResult } from './lib/results.ts';

const options = benchOptions({
  small: { type: 'string', default: '100000' },
  large: { type: 'string', default: '10000000' },
  bots: { type: 'string', default: '1000' },
  /** Events a second in the last 15 minutes. */
  rate: { type: 'string', default: '20' },
  rounds: { type: 'string', default: '25' },
  json: { type: 'boolean', default: false },
});
const eventsPerSecond = numberOption('rate', options.rate);
const smallEvents = numberOption('small', options.small);
const largeEvents = numberOption('large', options.large);
const botCount = numberOption('bots', options.bots);
const REQUESTS_A_ROUND = 40;
/** As many bots as the goals are for, and as the result of this name is for. */
const USUAL_BOTS = 1_000;
const GOAL_MS = botCount === USUAL_BOTS ? 30 : 120;
const GOAL_RATIO = 1.5;
const roundCount = numberOption('rounds', options.rounds);

interface FilledStore {
  readonly process: ChildProcess;
  readonly answersMs: number[];
  readonly emptyQueriesMs: number[];
}

const conditions = conditionsNow();
// One after the other: both would be slower together.
const small = await startStore(smallEvents);
const large = await startStore(largeEvents);
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
  child.send('stop' satisfies FleetStoreOrder, () => undefined);
  await untilExit(child);
}
report();

async function startStore(events: number): Promise<FilledStore> {
  const file = join(import.meta.dirname, 'lib/fleet-store-server.ts');
  const child = fork(file, [`${events}`, `${botCount}`, `${eventsPerSecond}`]);
  await nextMessage<FleetStoreReport>(child, `the store of ${events} events`);
  return { process: child, answersMs: [], emptyQueriesMs: [] };
}

async function time({ process: child }: FilledStore) {
  const order: FleetStoreOrder = { requests: REQUESTS_A_ROUND };
  const times = await ask<FleetStoreReport>(child, order, 'a store');
  if (times.kind !== 'timed') throw new Error('a store did not tell its times');
  return times;
}

function report(): void {
  const [smallP99, largeP99] = [p99(small), p99(large)];
  const ratio = Math.round((largeP99 / smallP99) * 100) / 100;
  const figures: Figures = {
    ...conditions,
    bots: botCount,
    eventsPerSecond,
    rounds: roundCount,
    ...figuresOf(smallEvents, small),
    ...figuresOf(largeEvents, large),
    ratioOfP99: ratio,
    reached: smallP99 < GOAL_MS && largeP99 < GOAL_MS && ratio <= GOAL_RATIO,
  };
  writeResult(botCount === USUAL_BOTS ? 'health' : `health-${botCount}`, figures, options);
  if (figures.reached !== true) process.exitCode = 1;
}

function figuresOf(events: number, { answersMs, emptyQueriesMs }: FilledStore): Figures {
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
