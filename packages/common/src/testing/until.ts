/** Waiting for a condition in tests: as short as it can be, and with a clear error when it is not met. */
import { setTimeout as delay } from 'node:timers/promises';

/** From the end of a probe to the next. */
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
/** Times what the probe took: one that asks a whole system takes computing time that the system needs. */
const PAUSE_FACTOR = 3;
/** Generous: a slow machine makes a test slow, not red. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Thrown by a probe that knows that waiting is in vain: ends the waiting at once. */
export class GiveUpError extends Error {
  override readonly name = 'GiveUpError';
}

/**
 * Resolves with the first value of `probe` that is neither false nor null nor undefined.
 * @param what - completes the sentence "waited in vain for …"
 * @throws Error after the timeout, with the probe's last error as its cause.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const startedMs = performance.now();
  let cause: unknown;
  for (;;) {
    const probedMs = performance.now();
    try {
      const value = await probe();
      if (value !== false && value !== null && value !== undefined) return value;
    } catch (error) {
      if (error instanceof GiveUpError) throw error;
      cause = error;
    }
    const nowMs = performance.now();
    if (nowMs - startedMs > timeoutMs) throw new Error(`waited in vain for ${what}`, { cause });
    const pauseMs = PAUSE_FACTOR * (nowMs - probedMs);
    await delay(Math.min(Math.max(pauseMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
  }
}
