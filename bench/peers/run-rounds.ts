/** The run itself: every candidate started and warmed up, then measured in turn. */
import type { HttpLoadOrder, HttpLoadReport } from '../lib/http-load-protocol.ts';
import { LoadProcess } from '../lib/load-process.ts';
import { spreadOf } from '../lib/spread.ts';
import { treeCpuSeconds } from '../lib/tree-usage.ts';
import type { Candidate, RunningCandidate } from './candidate.ts';
import type { MeasuredCandidate, PeerRound, SkippedCandidate } from './result.ts';
import { turnsOf } from './turns.ts';

export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Whether those of Hookpulse are also measured at half of their top rate. */
  readonly isHalfRateMeasured: boolean;
}

export interface StartedCandidate {
  readonly candidate: Candidate;
  readonly running: RunningCandidate;
}

export interface RoundsResult {
  /** One that failed is skipped, with the reason. */
  readonly candidates: (MeasuredCandidate | SkippedCandidate)[];
  readonly bodyBytes: number;
}

/** Compiles the hot paths, on a slow machine too; not in the figures. */
const WARM_UP_SECONDS = 6;
/** Ids of ten digits. */
const FIRST_UPDATE_ID = 1_000_000_000;

interface CandidateRun extends StartedCandidate {
  answers200: number;
  readonly rounds: PeerRound[];
  readonly halfRate: PeerRound[];
  /** Why it has no more turns; null: it has. */
  failure: string | null;
}

/** How many rounds `runRounds` does, for a progress bar: each counts one, and so does each warm-up. */
export function countRounds(candidates: readonly Candidate[], rounds: number): number {
  const halfRate = candidates.filter(({ role }) => role === 'hookpulse').length;
  return candidates.length * (1 + rounds) + halfRate * rounds;
}

/** Also stops the candidates, and sees that every answer of 200 is stored. One that fails has no more turns. */
export async function runRounds(
  started: readonly StartedCandidate[],
  options: RoundOptions,
  onRound: (what: string) => void,
): Promise<RoundsResult> {
  const all: CandidateRun[] = started.map((one) => ({
    ...one,
    answers200: 0,
    rounds: [],
    halfRate: [],
    failure: null,
  }));
  let bodyBytes = 0;
  const load = new LoadProcess();
  const round = async (
    one: CandidateRun,
    rounds: PeerRound[],
    speed: Pick<HttpLoadOrder, 'seconds' | 'requestsPerSecond'>,
  ) => {
    onRound(one.candidate.name);
    if (one.failure !== null) return;
    try {
      const order = { ...speed, connections: options.connections };
      const [measured, report] = await measure(one, order, load);
      bodyBytes = report.bodyBytes;
      rounds.push(measured);
    } catch (error) {
      one.failure = `failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const { seconds } = options;
  for (const one of all) {
    await round(one, [], { seconds: WARM_UP_SECONDS, requestsPerSecond: null });
  }
  for (let n = 0; n < options.rounds; n += 1) {
    for (const one of turnsOf(all, n)) {
      await round(one, one.rounds, { seconds, requestsPerSecond: null });
    }
  }
  const ours = options.isHalfRateMeasured
    ? all.filter(({ candidate }) => candidate.role === 'hookpulse')
    : [];
  for (let n = 0; n < options.rounds; n += 1) {
    for (const one of turnsOf(ours, n)) {
      if (one.failure !== null) continue;
      const top = spreadOf(one.rounds.map(({ requestsPerSecond }) => requestsPerSecond)).median;
      await round(one, one.halfRate, { seconds, requestsPerSecond: top / 2 });
    }
  }
  await load.close();
  const candidates: (MeasuredCandidate | SkippedCandidate)[] = [];
  for (const one of all) candidates.push(await finish(one));
  return { candidates, bodyBytes };
}

async function measure(
  one: CandidateRun,
  order: Pick<HttpLoadOrder, 'connections' | 'seconds' | 'requestsPerSecond'>,
  load: LoadProcess,
): Promise<[PeerRound, HttpLoadReport]> {
  const { running } = one;
  const before = await usage(running);
  const report = await load.send({
    ...order,
    url: running.url,
    botId: running.botId,
    secret: running.secret,
    firstUpdateId: FIRST_UPDATE_ID + one.answers200,
  });
  const { answers200, failures, failureExamples, seconds } = report;
  if (failures > 0 || answers200 === 0) {
    throw new Error(`${failures} deliveries failed (${failureExamples.join(', ')})`);
  }
  one.answers200 += answers200;
  // What its answers left to do belongs to them.
  await running.settled?.(one.answers200);
  const after = await usage(running);
  const us = (cpuSeconds: number) => round1((cpuSeconds / answers200) * 1e6);
  return [
    {
      requestsPerSecond: Math.round(answers200 / seconds),
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      serverCpuUs: us(after.server - before.server),
      engineCpuUs: running.enginePid === null ? null : us(after.engine - before.engine),
      loadCpuUs: us(report.cpuSeconds),
    },
    report,
  ];
}

async function usage({ pid, enginePid }: RunningCandidate) {
  return {
    server: await treeCpuSeconds(pid),
    engine: enginePid === null ? 0 : await treeCpuSeconds(enginePid),
  };
}

/** Stops the candidate. It fails unless every update that it acknowledged is stored. */
async function finish(one: CandidateRun): Promise<MeasuredCandidate | SkippedCandidate> {
  const { name, title, role } = one.candidate;
  const { rounds, halfRate, answers200 } = one;
  let { failure } = one;
  let stored: number | null = null;
  try {
    stored = await one.running.stop();
    if (stored !== null && stored !== answers200) {
      failure ??= `failed: ${answers200} answers of 200, but ${stored} are stored`;
    }
  } catch (error) {
    failure ??= `failed: ${String(error)}`;
  }
  if (failure !== null) return { name, title, role, skipped: failure };
  return { name, title, role, rounds, ...(halfRate.length > 0 && { halfRate }), stored };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
