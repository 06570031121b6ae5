/** Compares the figures of `hookpulse size` with a run of `bench/capacity.ts`. */
import { CAPACITY_LOAD } from '@hookpulse/cli/sizing/capacity-load';
import { IDLE_CORES } from '@hookpulse/cli/sizing/measured-costs';
import { sizeFor } from '@hookpulse/cli/sizing/size';
import type { Figures } from './results.ts';

const PROCESSES = ['ingest', 'aggregator', 'alerter', 'query-api'] as const;
/** Bytes do not depend on the machine. */
const MAX_BYTES_RATIO = 1.1;
/** Machines differ by several times, and from day to day; a wrong unit differs by more. */
const MAX_CPU_RATIO = 10;

export interface Comparison {
  readonly calculated: Figures;
  /** A sentence for each figure that is too far from what is calculated. */
  readonly differences: readonly string[];
}

/** @param reference - updates that CPU is measured for */
export function compareWithSizes(measured: Figures, reference: number): Comparison {
  const updatesPerSecond = Number(measured.updatesPerSecond);
  const demand = { ...CAPACITY_LOAD, updatesPerSecond, bots: Number(measured.bots) };
  const { services, network } = sizeFor({ ...demand, meanUpdatesPerSecond: updatesPerSecond });
  const bounds: Record<string, number> = { logBytesPerUpdate: MAX_BYTES_RATIO };
  const calculated: Record<string, number> = {
    logBytesPerUpdate: Math.round(network.intoKafka / updatesPerSecond),
  };
  for (const name of PROCESSES) {
    const { instances, busyCores } = services[name];
    // The benchmark has one process of each.
    const busy = busyCores - (instances - 1) * IDLE_CORES[name].value;
    const figure = `${name}: CPU s per 10,000 updates`;
    calculated[figure] = Math.round((busy / updatesPerSecond) * reference * 100) / 100;
    bounds[figure] = MAX_CPU_RATIO;
  }
  const differences = Object.entries(calculated).flatMap(([figure, expected]) => {
    const atMost = bounds[figure] ?? Number.NaN;
    const ratio = Number(measured[figure]) / expected;
    if (ratio <= atMost && ratio >= 1 / atMost) return [];
    return [`${figure}: measured ${measured[figure]}, calculated ${expected}.`];
  });
  const renamed = Object.entries(calculated).map(([figure, value]) => [
    `${figure}, calculated`,
    value,
  ]);
  return { calculated: Object.fromEntries(renamed), differences };
}
