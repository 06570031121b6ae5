/** CPU time of a process with all of its descendants, as Linux tells it under /proc. */
import { readdir, readFile } from 'node:fs/promises';

/** Linux counts time in ticks of 10 ms (USER_HZ), whatever the machine. */
const TICKS_PER_SECOND = 100;

interface ProcessTime {
  readonly parent: number;
  readonly seconds: number;
}

/** User and system time in seconds, of those that live. @throws Error when there is no /proc */
export async function treeCpuSeconds(root: number): Promise<number> {
  const processes = await allProcesses();
  return treeSum(root, processes);
}

/** Of the tree of processes below `root`, and `root` itself. */
export function treeSum(root: number, processes: ReadonlyMap<number, ProcessTime>): number {
  const isInTree = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent > 0 && isInTree(parent);
  };
  let sum = 0;
  for (const [pid, { seconds }] of processes) if (isInTree(pid)) sum += seconds;
  return sum;
}

async function allProcesses(): Promise<Map<number, ProcessTime>> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = new Map<number, ProcessTime>();
  await Promise.all(
    names.map(async (name) => {
      // Others come and go while these are read.
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      if (stat === null) return;
      // After the name, which may hold anything, field 3 comes first: the parent is 4, utime 14, stime 15.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[11]) + Number(fields[12]);
      processes.set(Number(name), {
        parent: Number(fields[1]),
        seconds: ticks / TICKS_PER_SECOND,
      });
    }),
  );
  return processes;
}
