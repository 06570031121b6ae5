/** Whether other programs are at work on the machine. */
const QUIET_LOAD_PER_CORE = 0.5;

/** A warning for the figures; null: the machine is quiet enough. @param loadAverage - of a minute, before the first round */
export function busyWarning(loadAverage: number, cores: number): string | null {
  if (loadAverage <= QUIET_LOAD_PER_CORE * cores) return null;
  return `The machine was busy: load average ${loadAverage} on ${cores} cores. Measure again on a quiet machine.`;
}
