/** The result of `npm run bench -- peers`, as in `bench/results/peers.json`. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Candidate } from './candidate.ts';

const PeerRoundSchema = Type.Object({
  requestsPerSecond: Type.Number(),
  p50Ms: Type.Number(),
  p99Ms: Type.Number(),
  /** CPU time of the server with its descendants, µs a request. */
  serverCpuUs: Type.Number(),
  /** Of the broker or the database server; null: there is none. */
  engineCpuUs: Type.Union([Type.Number(), Type.Null()]),
  /** Of the load generator, which shares the machine. */
  loadCpuUs: Type.Number(),
});

const described = {
  name: Type.String(),
  title: Type.String(),
  role: Type.Enum(['hookpulse', 'peer', 'ceiling'] satisfies Candidate['role'][]),
};
const MeasuredCandidateSchema = Type.Object({
  ...described,
  rounds: Type.Array(PeerRoundSchema),
  /** At half of the median rate of the rounds above; absent: not measured. */
  halfRate: Type.Optional(Type.Array(PeerRoundSchema)),
  /** Answers of 200, warm-up included, all of them found stored afterwards; null: it keeps nothing. */
  stored: Type.Union([Type.Number(), Type.Null()]),
});
const SkippedCandidateSchema = Type.Object({
  ...described,
  /** The missing program, or the error. */
  skipped: Type.String(),
});

const PeersResultSchema = Type.Object({
  benchmark: Type.Literal('peers'),
  /** ISO 8601, UTC. */
  at: Type.String(),
  machine: Type.String(),
  /** Load average of the last minute, before the first round. */
  loadAverage: Type.Number(),
  cores: Type.Number(),
  /** Which candidates were asked for: a part of them is not put on the page. Absent: all. */
  only: Type.Optional(Type.Array(Type.String())),
  versions: Type.Record(Type.String(), Type.String()),
  roundCount: Type.Number(),
  secondsPerRound: Type.Number(),
  connections: Type.Number(),
  bodyBytes: Type.Number(),
  candidates: Type.Array(Type.Union([MeasuredCandidateSchema, SkippedCandidateSchema])),
});
const validator = Compile(PeersResultSchema);

export type PeerRound = Static<typeof PeerRoundSchema>;
export type MeasuredCandidate = Static<typeof MeasuredCandidateSchema>;
export type SkippedCandidate = Static<typeof SkippedCandidateSchema>;
export type PeersResult = Static<typeof PeersResultSchema>;

/** @throws Error when it is not what this version writes */
export function peersResultOf(result: unknown): PeersResult {
  if (validator.Check(result)) return result;
  const [problem] = validator.Errors(result);
  throw new Error(`peers.json: ${problem?.instancePath} ${problem?.message}; measure again`);
}

export function isMeasured(
  candidate: MeasuredCandidate | SkippedCandidate,
): candidate is MeasuredCandidate {
  return 'rounds' in candidate;
}
