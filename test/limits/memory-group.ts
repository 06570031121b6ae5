/** Control groups that bound the memory of processes, as a container's limit does. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MemoryGroup {
  /** A command that becomes, within the group, the command that it is given. */
  readonly launcher: readonly string[];
  /** How many processes the kernel killed because the limit was reached. */
  kills(): number;
  /** The most that they held at once, with pages of files that the kernel could have dropped; 0: there were none. */
  peakBytes(): number;
  /** Call it when its processes have ended. */
  remove(): void;
}

interface Hierarchy {
  readonly root: string;
  readonly limitFile: string;
  readonly eventsFile: string;
  readonly peakFile: string;
}

const V1: Hierarchy = {
  root: '/sys/fs/cgroup/memory',
  limitFile: 'memory.limit_in_bytes',
  eventsFile: 'memory.oom_control',
  peakFile: 'memory.max_usage_in_bytes',
};
const V2: Hierarchy = {
  root: '/sys/fs/cgroup',
  limitFile: 'memory.max',
  eventsFile: 'memory.events',
  peakFile: 'memory.peak',
};

/** Why there are none on this machine; null: there are. */
export function whyNoMemoryGroup(): string | null {
  return usable() === null
    ? 'memory limits need Linux, root and a control group that can be written'
    : null;
}

/** @throws Error where `whyNoMemoryGroup` has a reason */
export function createMemoryGroup(name: string, limitBytes: number): MemoryGroup {
  const hierarchy = usable();
  if (hierarchy === null) throw new Error(whyNoMemoryGroup() ?? 'no control groups');
  return createIn(hierarchy, name, limitBytes);
}

function usable(): Hierarchy | null {
  for (const hierarchy of [V1, V2]) {
    try {
      createIn(hierarchy, `hookpulse-probe-${process.pid}`, 1024 ** 3).remove();
      return hierarchy;
    } catch {
      // The other one, perhaps.
    }
  }
  return null;
}

function createIn(hierarchy: Hierarchy, name: string, limitBytes: number): MemoryGroup {
  const folder = join(hierarchy.root, name);
  mkdirSync(folder);
  try {
    // Not made: outside a control group it would be a file like any other.
    writeFileSync(join(folder, hierarchy.limitFile), `${limitBytes}`, { flag: 'r+' });
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    launcher: ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(folder, 'cgroup.procs')],
    kills() {
      const events = readFileSync(join(folder, hierarchy.eventsFile), 'utf8');
      return Number(/^oom_kill (\d+)$/m.exec(events)?.[1]);
    },
    peakBytes: () => Number(readFileSync(join(folder, hierarchy.peakFile), 'utf8')),
    remove: () => rmdirSync(folder),
  };
}
