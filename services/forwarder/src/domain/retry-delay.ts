/** How long a failed update waits for its next attempt (contract, section 8). */
import { SECOND_MS } from '@hookpulse/common/values/durations';

const FIRST_DELAY_MS = SECOND_MS;
const MAX_DELAY_MS = 120 * SECOND_MS;
const MAX_RETRY_AFTER_MS = 3_600 * SECOND_MS;
/** So that updates that failed together do not come back together. */
const JITTER = 0.2;

/**
 * Milliseconds: 1, 2, 4 … 120 s, up to a fifth less; or what the bot asked for by `Retry-After`.
 * @param backoffs - failed attempts so far after which it asked for nothing, this one included  @param random - 0 to 1
 */
export function retryDelayMs(
  backoffs: number,
  retryAfterMs: number | null,
  random: number,
): number {
  if (retryAfterMs !== null) return Math.min(Math.max(0, retryAfterMs), MAX_RETRY_AFTER_MS);
  const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (backoffs - 1));
  return delayMs * (1 - JITTER * random);
}
