/** What a process has used, from Linux's /proc. */
import { readFile } from 'node:fs/promises';
import { parseProcessStat } from './process-stat.ts';

export interface ProcessUsage {
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** Resident memory, MiB. */
  readonly rssMiB: number;
  /** The most that it ever was. */
  readonly peakRssMiB: number;
}

/** @throws Error when there is no such process, or no /proc */
export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  const mib = (field: string) =>
    Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024);
  const { cpuSeconds } = parseProcessStat(stat);
  return { cpuSeconds, rssMiB: mib('VmRSS'), peakRssMiB: mib('VmHWM') };
}
