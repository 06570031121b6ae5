/** CPU time of a process with all of its descendants, from Linux's /proc. */
import { readdir, readFile } from 'node:fs/promises';
import { type ProcessStat, parseProcessStat } from './process-stat.ts';

/** User and system time in seconds, descendants that have ended included. @throws Error when there is no /proc */
export async function treeCpuSeconds(root: number): Promise<number> {
  const processes = await allProcesses();
  return treeSum(root, processes);
}

/** Of the tree of processes below `root`, and `root` itself. */
export function treeSum(root: number, processes: ReadonlyMap<number, ProcessStat>): number {
  const isInTree = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent > 0 && isInTree(parent);
  };
  let sum = 0;
  for (const [pid, { cpuSeconds, endedChildrenCpuSeconds }] of processes) {
    if (isInTree(pid)) sum += cpuSeconds + endedChildrenCpuSeconds;
  }
  return sum;
}

async function allProcesses(): Promise<Map<number, ProcessStat>> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = new Map<number, ProcessStat>();
  await Promise.all(
    names.map(async (name) => {
      // Others come and go while these are read.
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      if (stat !== null) processes.set(Number(name), parseProcessStat(stat));
    }),
  );
  return processes;
}
