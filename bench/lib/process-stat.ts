/** Reads `/proc/<pid>/stat`. */

export interface ProcessStat {
  readonly parent: number;
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** The same, of children that have ended, with theirs. */
  readonly endedChildrenCpuSeconds: number;
}

/** Linux counts time in ticks of 10 ms (USER_HZ), whatever the machine. */
const TICKS_PER_SECOND = 100;

/** @param text - the whole file; the fields are those of proc(5) */
export function parseProcessStat(text: string): ProcessStat {
  // The name, which may hold anything, is field 2: field 3 comes first.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (n: number) => Number(fields[n - 3]);
  return {
    parent: field(4),
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    endedChildrenCpuSeconds: (field(16) + field(17)) / TICKS_PER_SECOND,
  };
}
