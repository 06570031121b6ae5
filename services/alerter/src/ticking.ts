/** Work that is done again and again, never twice at once, whatever a round throws. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Ticking {
  /** Waits for the round under way; there is none after it. */
  close(): Promise<void>;
}

/** While rounds fail they come more slowly, down to this: an outage is not to fill the log. */
const LONGEST_PAUSE_MS = 2_000;

/** @param onError - told what a round threw; the next one comes all the same */
export function startTicking(
  intervalMs: number,
  round: () => Promise<void>,
  onError: (error: unknown) => void,
): Ticking {
  const stopping = new AbortController();
  const done = run();
  return {
    async close() {
      stopping.abort();
      await done;
    },
  };

  async function run(): Promise<void> {
    let pauseMs = intervalMs;
    while (!stopping.signal.aborted) {
      const startedMs = performance.now();
      try {
        await round();
        // Rounds take half of the time at most, however large they are.
        pauseMs = Math.max(intervalMs, performance.now() - startedMs);
      } catch (error) {
        onError(error);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}
