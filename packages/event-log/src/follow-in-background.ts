/** A table that is folded from the log, for a service that starts without it and lives without it. */
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retryUnlessAborted } from '@hookpulse/common/runtime/retry';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';

export interface Followed<Table> {
  /** Null until it could be read whole. */
  readonly table: Table | null;
  /** Resolves with the table as soon as there is one; with null when it was closed before. */
  readonly opened: Promise<Table | null>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface FollowInBackgroundDeps<Table> {
  /** What is read, as operators know it: begins their sentences. */
  readonly what: string;
  readonly logger: Logger;
  /** Resolves once the table holds what is on the log. @param signal - gives that up */
  open(signal: AbortSignal): Promise<Table>;
}

const RETRY_PAUSE_MS = 2_000;

/** Tries again until the log answers. */
export function followInBackground<Table extends { close(): Promise<void> }>(
  deps: FollowInBackgroundDeps<Table>,
): Followed<Table> {
  const { what, logger } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  let table: Table | null = null;
  let late: Promise<Table> | null = null;
  const opened = open();
  return {
    get table() {
      return table;
    },
    opened,
    async close() {
      closing.abort();
      // A log that is away is not waited for; what it opens all the same is closed then.
      if ((await opened) === null) closeLate();
      try {
        await table?.close();
      } catch (error) {
        logger.warn({ err: error }, `${what} could not be closed cleanly`);
      }
    },
  };

  function closeLate(): void {
    late?.then((one) => one.close()).catch(() => undefined);
  }

  async function open(): Promise<Table | null> {
    const wait = createWaitLog(logger, `${what} cannot be read; retrying`);
    table = await retryUnlessAborted(
      () => {
        late = deps.open(signal);
        return untilAborted(late, signal);
      },
      { signal, pauseMs: RETRY_PAUSE_MS, onFailure: (error) => wait.failed(error) },
    );
    return table;
  }
}
