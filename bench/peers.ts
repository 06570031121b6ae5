/**
 * Ingest beside what people would otherwise use: every candidate and Hookpulse's ingest in turn, on the same
 * machine, the same broker and the same load, acknowledged by all replicas before the answer.
 *
 *   node bench/peers.ts [--rounds 7] [--seconds 3] [--connections 100] [--only go,hookpulse] [--list]
 *                       [--profile <folder>] [--json]
 *
 * The load generator is a process of its own and shares the machine; its CPU time is in the figures. Every
 * answer of 200 must be found stored afterwards. `npm run bench -- page` puts the figures on the page.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { benchOptions, UsageError, wholeNumber } from './lib/bench-options.ts';
import { busyWarning, conditionsNow } from './lib/load-average.ts';
import { machine, saveResult } from './lib/results.ts';
import type { BenchContext } from './peers/candidate.ts';
import { CANDIDATES } from './peers/candidates.ts';
import { chooseCandidates } from './peers/choose.ts';
import { type RunningKafka, startKafka } from './peers/kafka.ts';
import { isMeasured, type PeersResult, type SkippedCandidate } from './peers/result.ts';
import { countRounds, runRounds, type StartedCandidate } from './peers/run-rounds.ts';
import { isMissing, missingNeed, startOrSkip } from './peers/start.ts';
import { peersTable } from './peers/table.ts';
import { versionsOf } from './peers/versions.ts';

const options = benchOptions({
  /** Many short ones: what else the machine does then meets both of a ratio. */
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '3' },
  /** As many as Telegram opens at most for one webhook (`max_connections` of `setWebhook`). */
  connections: { type: 'string', default: '100' },
  /** Names of candidates, with commas. */
  only: { type: 'string' },
  list: { type: 'boolean', default: false },
  /** A folder for CPU profiles of Hookpulse's ingest. */
  profile: { type: 'string' },
  json: { type: 'boolean', default: false },
});

try {
  await main();
} catch (error) {
  // What the user can mend needs no stack.
  const isForUser = error instanceof UsageError || isMissing(error);
  console.error(isForUser ? `bench peers: ${error.message}` : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  if (options.list) {
    for (const { name, title } of CANDIDATES) console.log(`${name.padEnd(14)}${title}`);
    return;
  }
  const rounds = wholeNumber('--rounds', options.rounds);
  const seconds = wholeNumber('--seconds', options.seconds);
  const connections = wholeNumber('--connections', options.connections);
  const chosen = chooseCandidates(CANDIDATES, options.only);
  const isNamed = options.only !== undefined;
  const skipped: SkippedCandidate[] = [];
  const skip = (candidate: SkippedCandidate) => {
    skipped.push(candidate);
    note(`${candidate.name} is left out: ${candidate.skipped}`);
  };
  const present = chosen.filter((candidate) => {
    const missing = missingNeed(candidate, isNamed);
    if (missing) skip(missing);
    return missing === null;
  });
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-peers-'));
  const at = new Date().toISOString();
  const { loadAverage, cores } = conditionsNow();
  const warning = busyWarning(loadAverage, cores);
  if (warning) note(`Warning: ${warning}`);
  const shared: { kafka?: Promise<RunningKafka> } = {};
  const bench: BenchContext = {
    folder,
    profileFolder: options.profile === undefined ? null : resolve(options.profile),
    kafka() {
      shared.kafka ??= startKafka();
      return shared.kafka;
    },
    note,
  };
  const started: StartedCandidate[] = [];
  try {
    for (const candidate of present) {
      note(`starting ${candidate.name}`);
      const one = await startOrSkip(candidate, bench, isNamed);
      if ('skipped' in one) skip(one);
      else started.push(one);
    }
    if (started.length === 0) throw new UsageError('no candidate could be started');
    const candidates = started.map(({ candidate }) => candidate);
    const versions = versionsOf(candidates);
    let now = '';
    const total = countRounds(candidates, rounds);
    const progress = createProgress('rounds', total, { rate: false, live: () => now });
    const measured = await runRounds(
      started,
      { rounds, seconds, connections, isHalfRateMeasured: true },
      (what) => {
        now = `, ${what}`;
        progress.advance(1);
      },
    );
    progress.finish();
    started.length = 0;
    const result: PeersResult = {
      benchmark: 'peers',
      at,
      machine: machine(),
      loadAverage,
      cores,
      ...(isNamed && { only: chosen.map(({ name }) => name) }),
      versions,
      roundCount: rounds,
      secondsPerRound: seconds,
      connections,
      bodyBytes: measured.bodyBytes,
      candidates: inOrder([...measured.candidates, ...skipped]),
    };
    for (const candidate of result.candidates) {
      if (isMeasured(candidate) || !candidate.skipped.startsWith('failed')) continue;
      note(`${candidate.name} ${candidate.skipped}`);
      process.exitCode = 1;
    }
    // The page shows all in one run.
    const text = saveResult(options.only === undefined ? 'peers' : 'peers-only', result);
    console.log(options.json ? text : peersTable(result).join('\n'));
  } finally {
    await Promise.allSettled(started.map(({ running }) => running.stop()));
    // One that did not start has said so already.
    await shared.kafka?.then(
      (kafka) => kafka.close(),
      () => undefined,
    );
    await rm(folder, { recursive: true, force: true });
  }
}

function inOrder<T extends { readonly name: string }>(candidates: readonly T[]): T[] {
  const rank = ({ name }: T) => CANDIDATES.findIndex((candidate) => candidate.name === name);
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}

function note(text: string): void {
  console.error(text);
}
