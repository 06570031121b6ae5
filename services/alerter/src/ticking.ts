/** Work that is done again and again, never twice at once, whatever a round throws. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Ticking {
  /** Waits for the round under way; there is none after it. */
  close(): Promise<void>;
}

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
    while (!stopping.signal.aborted) {
      try {
        await round();
      } catch (error) {
        onError(error);
      }
      await delay(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}
