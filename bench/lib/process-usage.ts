/** What a process has used, as Linux tells it under /proc. */
import { readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** Resident memory, MiB. */
  readonly rssMiB: number;
}

/** Linux counts time in ticks of 10 ms (USER_HZ), whatever the machine. */
const TICKS_PER_SECOND = 100;

/** @throws Error when there is no such process, or no /proc */
export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // After the name, which may hold anything, field 3 comes first: utime is 14, stime is 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const rssKiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssMiB: Math.round(rssKiB / 1_024) };
}
