/**
 * Ingest on Kafka as one process and as several on one port (INGEST_WORKERS), in turn, on one broker: acknowledged
 * deliveries a second, and CPU time of each. The load generator and the broker share the machine.
 *
 *   node bench/ingest-workers.ts [--workers 2] [--rounds 7] [--seconds 3] [--connections 100] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { conditionsNow } from './lib/load-average.ts';
import { type Figures, writeResult } from './lib/results.ts';
import { spreadOf } from './lib/spread.ts';
import { spreadFigures } from './lib/spread-figures.ts';
import type { BenchContext, RunningCandidate } from './peers/candidate.ts';
import { startKafkaIngest } from './peers/hookpulse-candidates.ts';
import { startKafka } from './peers/kafka.ts';
import { isMeasured, type PeerRound } from './peers/result.ts';
import { runRounds, type StartedCandidate } from './peers/run-rounds.ts';
import { cpuUs } from './peers/table.ts';
import { ratioOf } from './peers/turns.ts';

const options = benchOptions({
  workers: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '3' },
  connections: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
});
const workers = numberOption('workers', options.workers, 2);
const rounds = numberOption('rounds', options.rounds);
const seconds = numberOption('seconds', options.seconds);
const connections = numberOption('connections', options.connections);

const conditions = conditionsNow();
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
  const counts = [1, workers];
  const started: StartedCandidate[] = [];
  for (const count of counts) started.push(await start(count));
  const { candidates } = await runRounds(
    started,
    {
      rounds,
      seconds,
      connections,
      isHalfRateMeasured: false,
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
  const ratioFigures = (name: string, read: (round: PeerRound) => number) =>
    spreadFigures(name, ratioOf(several.map(read), one.map(read)), 2);
  writeResult(
    'ingest-workers',
    {
      ...conditions,
      ...figuresOf('one', one),
      ...figuresOf('several', several),
      workers,
      ...ratioFigures('requests/s, several / one', ({ requestsPerSecond }) => requestsPerSecond),
      ...ratioFigures('CPU a request, several / one', ({ serverCpuUs }) => serverCpuUs),
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

function figuresOf(name: string, rounds: readonly PeerRound[]): Figures {
  const of = (what: string, read: (round: PeerRound) => number, digits: number) =>
    spreadFigures(`${name}: ${what}`, spreadOf(rounds.map(read)), digits);
  return {
    ...of('requests/s', ({ requestsPerSecond }) => requestsPerSecond, 0),
    ...of('p50 ms', ({ p50Ms }) => p50Ms, 1),
    ...of('p99 ms', ({ p99Ms }) => p99Ms, 1),
    ...of('CPU µs a request', ({ serverCpuUs }) => serverCpuUs, 0),
    ...of('CPU with the broker, µs', cpuUs, 0),
  };
}
