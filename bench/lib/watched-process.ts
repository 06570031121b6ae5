/** Looks at a process again and again, for the most that it takes. */
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { usageOf } from './process-usage.ts';

export interface ProcessPeaks {
  readonly rssMiB: number;
  /** Open descriptors, sockets included. */
  readonly descriptors: number;
}

export interface WatchedProcess {
  /** The most up to now. */
  readonly peaks: ProcessPeaks;
  stop(): Promise<ProcessPeaks>;
}

const LOOK_MS = 200;

/** @throws Error when there is no such process, or no /proc */
export async function watchProcess(pid: number): Promise<WatchedProcess> {
  const stopping = new AbortController();
  let peaks = await lookAt(pid);
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await delay(LOOK_MS);
      const now = await lookAt(pid);
      peaks = {
        rssMiB: Math.max(peaks.rssMiB, now.rssMiB),
        descriptors: Math.max(peaks.descriptors, now.descriptors),
      };
    }
  })();
  return {
    get peaks() {
      return peaks;
    },
    async stop() {
      stopping.abort();
      await watching;
      return peaks;
    },
  };
}

async function lookAt(pid: number): Promise<ProcessPeaks> {
  const [{ rssMiB }, descriptors] = await Promise.all([usageOf(pid), readdir(`/proc/${pid}/fd`)]);
  return { rssMiB, descriptors: descriptors.length };
}
