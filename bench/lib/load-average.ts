/** Whether other programs are at work on the machine. */
import { availableParallelism, loadavg } from 'node:os';

const QUIET_LOAD_PER_CORE = 0.5;

export interface Conditions {
  /** Of a minute. */
  readonly loadAverage: number;
  readonly cores: number;
}

/** To be asked for before the first round. */
export function conditionsNow(): Conditions {
  const loadAverage = Math.round((loadavg()[0] ?? 0) * 100) / 100;
  return { loadAverage, cores: availableParallelism() };
}

/** A warning for the figures; null: the machine is quiet enough. @param loadAverage - of a minute, before the first round */
export function busyWarning(loadAverage: number, cores: number): string | null {
  if (loadAverage <= QUIET_LOAD_PER_CORE * cores) return null;
  return `The machine was busy: load average ${loadAverage} on ${cores} cores. Measure again on a quiet machine.`;
}
