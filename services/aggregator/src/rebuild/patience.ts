/** Trying again for as long as there is time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { PartitionLostError } from './piece-outcome.ts';

/** The rebuild cannot be done; the message is a sentence for the operator. */
export class RebuildFailedError extends Error {
  override readonly name = 'RebuildFailedError';
}

export interface Patience {
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

const PAUSE_MS = 1_000;

/**
 * Does the work, again after a pause when an engine fails it.
 * @throws RebuildFailedError when time is up; PartitionLostError and what ends it by the signal at once
 */
export async function withPatience<Result>(
  patience: Patience,
  work: () => Promise<Result>,
): Promise<Result> {
  const { untilMs, clock, logger, signal } = patience;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PartitionLostError || error instanceof RebuildFailedError) throw error;
      if (clock.now() >= untilMs) {
        throw new RebuildFailedError('The store or the log did not answer in time.', {
          cause: error,
        });
      }
      logger.warn({ err: error }, 'a step of a rebuild failed; trying again');
      await delay(PAUSE_MS, undefined, { signal });
    }
  }
}
