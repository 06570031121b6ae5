/** The board of rebuilds for a service that starts without waiting for it, and lives without it. */
import { setTimeout as delay } from 'node:timers/promises';
import { openRebuildBoard, type RebuildBoard, type RebuildBoardDeps } from './rebuild-board.ts';

export interface FollowedRebuilds {
  /** Null until it could be read whole. */
  readonly board: RebuildBoard | null;
  /** Resolves with the board as soon as there is one; with null when it was closed before. */
  readonly opened: Promise<RebuildBoard | null>;
  /** Never rejects. */
  close(): Promise<void>;
}

const RETRY_PAUSE_MS = 2_000;

/** Tries again until the log answers. */
export function followRebuilds(deps: RebuildBoardDeps): FollowedRebuilds {
  const closing = new AbortController();
  let board: RebuildBoard | null = null;
  const opened = open();
  return {
    get board() {
      return board;
    },
    opened,
    async close() {
      closing.abort();
      await opened;
      try {
        await board?.close();
      } catch (error) {
        deps.logger.warn({ err: error }, 'the requests to rebuild could not be closed cleanly');
      }
    },
  };

  async function open(): Promise<RebuildBoard | null> {
    while (!closing.signal.aborted) {
      try {
        board = await openRebuildBoard({ ...deps, signal: closing.signal });
        return board;
      } catch (error) {
        if (closing.signal.aborted) return null;
        deps.logger.warn({ err: error }, 'requests to rebuild cannot be read; trying again');
        await delay(RETRY_PAUSE_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
    return null;
  }
}
