/**
 * How many deliveries ingest acknowledges per second on the embedded log, as a share of what a bare
 * Fastify handler answers that parses the same body and does nothing with it.
 *
 * The two servers and the load run in processes of their own; rounds alternate (bare, ingest, bare,
 * ingest …) and are short, so that whatever else the machine does meets both. A ratio is that of one
 * pair of rounds. Every 200 must be found on the log afterwards, once as an update and once as an event.
 *
 *   node bench/ingest.ts [--rounds 15] [--requests 10000] [--connections 100] [--json]
 *                        [--profile <folder>]
 */
import { fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { forkIngestServer } from './lib/fork-ingest-server.ts';
import type { LoadOrder, LoadReport, ServerKind, ServerOrder } from './lib/ingest-protocol.ts';
import { ask } from './lib/next-message.ts';
import { writeResult } from './lib/results.ts';
import { spreadOf } from './lib/spread.ts';

const options = benchOptions({
  rounds: { type: 'string', default: '15' },
  requests: { type: 'string', default: '10000' },
  /** As many as Telegram opens at most for one webhook (`max_connections` of `setWebhook`). */
  connections: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
  /** Writes CPU profiles of the ingest process there. */
  profile: { type: 'string' },
});

/** The share that ingest must reach. */
const REQUIRED_RATIO = 0.75;

const roundCount = numberOption('rounds', options.rounds);
const requestsPerRound = numberOption('requests', options.requests);
const connections = numberOption('connections', options.connections);
const profileFolder = options.profile === undefined ? null : resolve(options.profile);

interface Round {
  readonly bare: LoadReport;
  readonly ingest: LoadReport;
}

const servers = {
  bare: await forkIngestServer('bare'),
  ingest: await forkIngestServer('ingest', { profileFolder }),
};
const sent = { bare: 0, ingest: 0 };
const warmUp = await runPair(); // both compile their hot path; counted on the log, not in the figures
for (const { child } of Object.values(servers)) child.send('measure' satisfies ServerOrder);
const rounds: Round[] = [];
for (let n = 0; n < roundCount; n += 1) rounds.push(await runPair());
const stopped = { bare: await servers.bare.stop(), ingest: await servers.ingest.stop() };
const answers200 = [warmUp, ...rounds].reduce((sum, { ingest }) => sum + ingest.answers200, 0);
assertDurable();
report();

async function runPair(): Promise<Round> {
  return { bare: await runRound('bare'), ingest: await runRound('ingest') };
}

async function runRound(kind: ServerKind): Promise<LoadReport> {
  const load = fork(join(import.meta.dirname, 'lib/ingest-load.ts'));
  const order: LoadOrder = {
    url: servers[kind].url,
    requests: requestsPerRound,
    connections,
    firstUpdateId: sent[kind] + 1,
  };
  const round = await ask<LoadReport>(load, order, 'the load generator');
  sent[kind] += round.answers200 + round.failures;
  if (round.failures > 0) throw new Error(`${round.failures} requests to ${kind} failed`);
  return round;
}

/** A fast acknowledgement of what is not stored is none. */
function assertDurable(): void {
  const { updates, events } = stopped.ingest;
  if (updates !== answers200 || events !== answers200) {
    throw new Error(`${answers200} answers of 200, but ${updates} updates and ${events} events`);
  }
}

function report(): void {
  const cpuUs = (kind: ServerKind, cpuSeconds: number) =>
    round((cpuSeconds / rounds.reduce((sum, pair) => sum + pair[kind].answers200, 0)) * 1e6);
  const ratio = spreadOf(rounds.map(({ bare, ingest }) => rate(ingest) / rate(bare)));
  const figures = {
    rounds: roundCount,
    requestsPerRound,
    connections,
    bareRequestsPerSecond: Math.round(spreadOf(rounds.map(({ bare }) => rate(bare))).median),
    ingestRequestsPerSecond: Math.round(spreadOf(rounds.map(({ ingest }) => rate(ingest))).median),
    ratio: round(ratio.median),
    ratioLowest: round(ratio.lowest),
    ratioHighest: round(ratio.highest),
    requiredRatio: REQUIRED_RATIO,
    reached: ratio.median >= REQUIRED_RATIO,
    bareP50Ms: round(spreadOf(rounds.map(({ bare }) => bare.p50Ms)).median),
    bareP99Ms: round(spreadOf(rounds.map(({ bare }) => bare.p99Ms)).median),
    ingestP50Ms: round(spreadOf(rounds.map(({ ingest }) => ingest.p50Ms)).median),
    ingestP99Ms: round(spreadOf(rounds.map(({ ingest }) => ingest.p99Ms)).median),
    bareCpuUsPerRequest: cpuUs('bare', stopped.bare.cpuSeconds),
    ingestCpuUsPerRequest: cpuUs('ingest', stopped.ingest.cpuSeconds),
    bareMainThreadCpuUsPerRequest: cpuUs('bare', stopped.bare.mainThreadCpuSeconds),
    ingestMainThreadCpuUsPerRequest: cpuUs('ingest', stopped.ingest.mainThreadCpuSeconds),
    acknowledged: answers200,
    durableUpdates: stopped.ingest.updates,
    durableEvents: stopped.ingest.events,
  };
  writeResult('ingest', figures, { json: options.json });
  if (!figures.reached) process.exitCode = 1;
}

function rate({ answers200: answers, seconds }: LoadReport): number {
  return answers / seconds;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
