/** Doing again what failed, after a pause, until it is done: of an engine that is away, or late. */
import { setTimeout as delay } from 'node:timers/promises';

export interface RetryOptions {
  /** Ends it after the attempt under way; default: nothing does. */
  readonly signal?: AbortSignal;
  /** Before the second attempt, milliseconds. */
  readonly pauseMs: number;
  /** Each pause is twice as long as the one before, up to this; default: all are equally long. */
  readonly longestPauseMs?: number;
  /** Told of each failure, before the pause. Throws what another attempt does not mend. */
  onFailure(error: unknown, pauseMs: number): void;
}

/**
 * Resolves with what the work resolves with at last; it is tried at least once.
 * @throws what `onFailure` throws; the signal's reason when that is aborted before it is done
 */
export async function retry<Result>(
  work: () => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  const { signal, longestPauseMs = options.pauseMs, onFailure } = options;
  for (let { pauseMs } = options; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      onFailure(error, pauseMs);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      signal?.throwIfAborted();
    }
  }
}

/** As `retry`; null when the signal is aborted before it is done. @throws what `onFailure` throws */
export async function retryUnlessAborted<Result>(
  work: () => Promise<Result>,
  options: RetryOptions & { readonly signal: AbortSignal },
): Promise<Result | null> {
  try {
    return await retry(work, options);
  } catch (error) {
    if (options.signal.aborted) return null;
    throw error;
  }
}
