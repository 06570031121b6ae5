/** What `npm run bench -- peers` writes to `bench/results/peers.json`. */
import type { Candidate } from './candidate.ts';

export interface PeerRound {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server with its descendants, µs a request. */
  readonly serverCpuUs: number;
  /** Of the broker or the database server; null: there is none. */
  readonly engineCpuUs: number | null;
  /** Of the load generator, which shares the machine. */
  readonly loadCpuUs: number;
}

export interface MeasuredCandidate extends Pick<Candidate, 'name' | 'title' | 'role'> {
  readonly rounds: readonly PeerRound[];
  /** At half of the median rate of the rounds above; absent: not measured. */
  readonly halfRate?: readonly PeerRound[];
  /** Answers of 200, warm-up included, all of them found stored afterwards; null: it keeps nothing. */
  readonly stored: number | null;
}

export interface SkippedCandidate extends Pick<Candidate, 'name' | 'title' | 'role'> {
  /** What is missing, or why it failed. */
  readonly skipped: string;
}

/** An alias, so that it is also a `Result` of the page. */
export type PeersResult = {
  readonly benchmark: 'peers';
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly machine: string;
  /** Load average of the last minute, before the first round. */
  readonly loadAverage: number;
  readonly cores: number;
  /** Which candidates were asked for: a part of them is not put on the page. Absent: all. */
  readonly only?: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly roundCount: number;
  readonly secondsPerRound: number;
  readonly connections: number;
  readonly bodyBytes: number;
  readonly candidates: readonly (MeasuredCandidate | SkippedCandidate)[];
};

export function isMeasured(
  candidate: MeasuredCandidate | SkippedCandidate,
): candidate is MeasuredCandidate {
  return 'rounds' in candidate;
}
