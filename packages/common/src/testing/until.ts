/** Waiting for a condition in tests: as short as it can be, and with a clear error when it is not met. */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_INTERVAL_MS = 20;
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
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== false && value !== null && value !== undefined) return value;
    } catch (error) {
      if (error instanceof GiveUpError) throw error;
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`, { cause });
    await delay(POLL_INTERVAL_MS);
  }
}
