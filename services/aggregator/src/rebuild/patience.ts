/** Trying a step of a rebuild again while an engine is away, and what ends it. */
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retry } from '@hookpulse/common/runtime/retry';

/** The rebuild cannot be done; the message is a sentence for the operator. */
export class RebuildFailedError extends Error {
  override readonly name = 'RebuildFailedError';
}

/** The partition is another process's now, or its topic was recreated: what is left is for the next owner. */
export class PartitionLostError extends Error {
  override readonly name = 'PartitionLostError';
}

/** Another owner has folded more than this one: come again when it has folded as much. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
  override readonly message =
    'The aggregator is too far behind the log. Try again when it has caught up.';
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
  { logger, signal }: Patience,
  work: () => Promise<Result>,
): Promise<Result> {
  const deadlineMs = performance.now() + LIMIT_MS;
  signal.throwIfAborted();
  return retry(work, {
    signal,
    pauseMs: PAUSE_MS,
    onFailure(error) {
      if (error instanceof PartitionLostError || error instanceof RebuildFailedError) throw error;
      if (performance.now() > deadlineMs) {
        const problem =
          error instanceof BehindError
            ? error.message
            : 'The store or the log did not answer in time.';
        throw new RebuildFailedError(problem, { cause: error });
      }
      logger.warn({ err: error }, 'a step of a rebuild failed; trying again');
    },
  });
}
