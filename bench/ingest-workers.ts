/**
 * Ingest on Kafka as one process and as several on one port (INGEST_WORKERS), in turn, on one broker: acknowledged
 * deliveries a second, and CPU time of each. The load generator and the broker share the machine.
 *
 *   node bench/ingest-workers.ts [--workers 2] [--rounds 7] [--seconds 3] [--connections 100] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { writeResult } from './lib/results.ts';
import { type Spread, spreadOf } from './lib/spread.ts';
import type { BenchContext, RunningCandidate } from './peers/candidate.ts';
import { startKafkaIngest } from './peers/hookpulse-candidates.ts';
import { startKafka } from './peers/kafka.ts';
import { isMeasured, type PeerRound } from './peers/result.ts';
import { runRounds, type StartedCandidate } from './peers/run-rounds.ts';
import { cpuUs } from './peers/table.ts';
import { ratioOf } from './peers/turns.ts';

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});

const loadAverage = Math.round((loadavg()[0] ?? 0) * 100) / 100;
const kafka = await startKafka();
const folder = await mkdtemp(join(tmpdir(), 'hookpulse-workers-'));
const bench: BenchContext = {
  folder,
  kafka: async () => kafka,
  profileFolder: null,
  note: (text) => console.error(text),
};
/** Answers of 200 by number of workers. */
const acknowledged = new Map<number, number>();
try {
  const counts = [1, Number(options.workers)];
  const started: StartedCandidate[] = [];
  for (const count of counts) started.push(await start(count));
  const { candidates } = await runRounds(
    started,
    {
      rounds: Number(options.rounds),
      seconds: Number(options.seconds),
      connections: Number(options.connections),
    },
    (what) => console.error(what),
  );
  const [one = [], several = []] = candidates.map((candidate) => {
    if (!isMeasured(candidate)) throw new Error(`${candidate.name} ${candidate.skipped}`);
    return candidate.rounds;
  });
  const sum = [...acknowledged.values()].reduce((left, right) => left + right, 0);
  for (const topic of [UPDATES_TOPIC, EVENTS_TOPIC]) {
    const stored = await kafka.countRecords(topic);
    if (stored !== sum) throw new Error(`${sum} answers of 200, but ${stored} on ${topic}`);
  }
  writeResult(
    'ingest-workers',
    {
      loadAverage,
      ...figuresOf('one', one),
      ...figuresOf('several', several),
      workers: Number(options.workers),
      rateRatio: words(ratio(several, one, ({ requestsPerSecond }) => requestsPerSecond)),
      cpuRatio: words(ratio(several, one, ({ serverCpuUs }) => serverCpuUs)),
      stored: sum,
    },
    { json: options.json },
  );
} finally {
  await kafka.close();
  await rm(folder, { recursive: true, force: true });
}

async function start(count: number): Promise<StartedCandidate> {
  const running = await startKafkaIngest(bench, count);
  if (count > 1) {
    await until('all workers to be ready', async () => {
      const { value } = await scrape(running.url);
      return value('hookpulse_ready_workers') === count;
    });
  }
  return { candidate: candidateOf(count, running), running: countingTogether(count, running) };
}

function candidateOf(count: number, running: RunningCandidate): StartedCandidate['candidate'] {
  const title = `Hookpulse on Kafka, workers: ${count}`;
  return { name: title, title, role: 'hookpulse', needs: ['kafka'], start: async () => running };
}

/** Both write to the same topics, so that what is stored can only be compared with the sum. */
function countingTogether(count: number, running: RunningCandidate): RunningCandidate {
  return {
    ...running,
    settled: async (answers200) => void acknowledged.set(count, answers200),
    stop: async () => {
      await running.stop();
      return null;
    },
  };
}

function figuresOf(name: string, rounds: readonly PeerRound[]) {
  const of = (read: (round: PeerRound) => number) => words(spreadOf(rounds.map(read)));
  return {
    [`${name}: requests/s`]: of(({ requestsPerSecond }) => requestsPerSecond),
    [`${name}: p50 ms`]: of(({ p50Ms }) => p50Ms),
    [`${name}: p99 ms`]: of(({ p99Ms }) => p99Ms),
    [`${name}: CPU µs a request`]: of(({ serverCpuUs }) => serverCpuUs),
    [`${name}: CPU with the broker, µs`]: of(cpuUs),
  };
}

function ratio(
  several: readonly PeerRound[],
  one: readonly PeerRound[],
  read: (round: PeerRound) => number,
): Spread {
  return ratioOf(several.map(read), one.map(read));
}

function words({ median, lowest, highest }: Spread): string {
  const [a, b, c] = [median, lowest, highest].map((value) => Number(value.toPrecision(3)));
  return `${a} (${b} to ${c})`;
}
