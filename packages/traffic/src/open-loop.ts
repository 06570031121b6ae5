/** Calls at planned times, whatever becomes of the calls before; `pacing.ts` says why. */
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { errorCode } from '@hookpulse/common/values/error-code';

export interface OpenLoop {
  readonly count: number;
  /** When call number n (from 0) is due, milliseconds after the start; never earlier than the one before. */
  plannedMs(n: number): number;
  /**
   * Does a call, and never rejects.
   * @param plannedAtMs - by `performance.now()`: what latency counts from
   */
  onDue(n: number, plannedAtMs: number): Promise<void>;
  /** Ends the calls; those under way are waited for. */
  readonly signal: AbortSignal;
}

/** Timers are no finer, and one for every call would cost more than the call. */
const TICK_MS = 2;

/**
 * Resolves when all calls are done. A loop that is late makes every call that is due, but lets the event
 * loop run between them: otherwise no answer would be read, and latencies would be those of the caller.
 * @returns how long calls were made, milliseconds
 */
export async function runOpenLoop({ count, plannedMs, onDue, signal }: OpenLoop): Promise<number> {
  const startedMs = performance.now();
  const underWay = new Set<Promise<void>>();
  let lastMs = startedMs;
  /** When the event loop last had its turn. */
  let turnMs = startedMs;
  for (let n = 0; n < count && !signal.aborted; n += 1) {
    const dueMs = startedMs + plannedMs(n);
    const nowMs = performance.now();
    const earlyMs = dueMs - nowMs;
    if (earlyMs > 0 || nowMs - turnMs >= TICK_MS) {
      await (earlyMs > 0 ? pause(Math.max(TICK_MS, earlyMs), signal) : turn());
      turnMs = performance.now();
    }
    if (signal.aborted) break;
    const work = onDue(n, dueMs).finally(() => underWay.delete(work));
    underWay.add(work);
    lastMs = performance.now();
  }
  await Promise.all(underWay);
  return lastMs - startedMs;
}

/** Ends at once, and quietly, when the signal says so. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (errorCode(error) !== 'ABORT_ERR') throw error;
  }
}
