/** The figures of `bench/results/peers.json` as a Markdown table. */
import { busyWarning } from '../lib/load-average.ts';
import { type Spread, spreadOf } from '../lib/spread.ts';
import { isMeasured, type MeasuredCandidate, type PeerRound, type PeersResult } from './result.ts';
import { ratioOf } from './turns.ts';

const HEAD = [
  '| candidate | requests/s, median (lowest to highest) | p50, p99 ms | CPU of the server, µs a request | CPU with the broker or database, µs |',
  '| --- | --- | --- | --- | --- |',
];

/** Lines of Markdown: the table, the ratios, and under which conditions. */
export function peersTable(result: PeersResult): readonly string[] {
  const rows = result.candidates.map((candidate) => {
    const title = candidate.role === 'hookpulse' ? `**${candidate.title}**` : candidate.title;
    if (!isMeasured(candidate))
      return `| ${title} | not measured: ${oneLine(candidate.skipped)} | | | |`;
    const of = (read: (round: PeerRound) => number) => spreadOf(candidate.rounds.map(read)).median;
    const rate = spreadOf(candidate.rounds.map(({ requestsPerSecond }) => requestsPerSecond));
    const cells = [
      `${thousands(rate.median)} (${thousands(rate.lowest)} to ${thousands(rate.highest)})`,
      `${short(of(({ p50Ms }) => p50Ms))}, ${short(of(({ p99Ms }) => p99Ms))}`,
      short(of(({ serverCpuUs }) => serverCpuUs)),
      candidate.rounds[0]?.engineCpuUs === null ? '' : short(of(cpuUs)),
    ];
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  const warning = busyWarning(result.loadAverage, result.cores);
  return [...HEAD, ...rows, '', ...(warning ? [`**${warning}**`, ''] : []), conditions(result)];
}

/** CPU time of the server and what it writes to, µs a request. */
export function cpuUs({ serverCpuUs, engineCpuUs }: PeerRound): number {
  return serverCpuUs + (engineCpuUs ?? 0);
}

/**
 * A figure of one candidate as a share of another's, round by round; null: one of them was not measured.
 */
export function peerRatio(
  result: PeersResult,
  [a, b]: readonly [string, string],
  read: (round: PeerRound) => number,
): Spread | null {
  const roundsOf = (wanted: string) => measuredCandidate(result, wanted)?.rounds.map(read);
  const [ofA, ofB] = [roundsOf(a), roundsOf(b)];
  return ofA && ofB ? ratioOf(ofA, ofB) : null;
}

export function measuredCandidate(result: PeersResult, wanted: string): MeasuredCandidate | null {
  return result.candidates.filter(isMeasured).find(({ name }) => name === wanted) ?? null;
}

function conditions(result: PeersResult): string {
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  const load = result.candidates
    .filter(isMeasured)
    .flatMap(({ rounds }) => rounds.map(({ loadCpuUs }) => loadCpuUs));
  const cost = load.length === 0 ? '' : ` at ${short(spreadOf(load).median)} µs a request`;
  return [
    `Measured on ${result.at.slice(0, 10)}: ${result.machine}; load average ${result.loadAverage} before.`,
    `${result.roundCount} rounds of ${result.secondsPerRound} s each, in turn, ${result.connections} connections,`,
    `one update of some ${result.bodyBytes} bytes a request, the load generator on the same machine${cost}.`,
    `${versions.join(', ')}.`,
  ].join('\n');
}

/** Fits a cell. */
function oneLine(text: string): string {
  return text.replaceAll('|', '/').split('\n')[0] ?? '';
}

export function thousands(value: number): string {
  return (Math.round(value / 100) * 100).toLocaleString('en');
}

/** Two digits that mean something. */
export function short(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
