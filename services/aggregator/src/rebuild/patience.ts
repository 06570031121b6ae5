/** Trying a step again while an engine is away. */
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retry } from '@hookpulse/common/runtime/retry';
import { PartitionLostError } from './piece-outcome.ts';

/** The rebuild cannot be done; the message is a sentence for the operator. */
export class RebuildFailedError extends Error {
  override readonly name = 'RebuildFailedError';
}

export interface Patience {
  readonly logger: Logger;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

const PAUSE_MS = 1_000;
/** Longer outages are for the operator to know of; asking again costs nothing. */
const LIMIT_MS = 300_000;

/**
 * Does the work, again after a pause when an engine fails it.
 * @throws RebuildFailedError when time is up; PartitionLostError and what ends it by the signal at once
 */
export async function withPatience<Result>(
  patience: Patience,
  work: () => Promise<Result>,
): Promise<Result> {
  const { logger, signal } = patience;
  const deadlineMs = performance.now() + LIMIT_MS;
  signal.throwIfAborted();
  return retry(work, {
    signal,
    pauseMs: PAUSE_MS,
    onFailure(error) {
      if (error instanceof PartitionLostError || error instanceof RebuildFailedError) throw error;
      if (performance.now() > deadlineMs) {
        throw new RebuildFailedError('The store or the log did not answer in time.', {
          cause: error,
        });
      }
      logger.warn({ err: error }, 'a step of a rebuild failed; trying again');
    },
  });
}
