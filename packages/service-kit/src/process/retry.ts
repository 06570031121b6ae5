/** Patience with an engine that is late: try again, a little later each time, until it answers. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';

/** Soon, since most engines that are late come within seconds. */
const FIRST_PAUSE_MS = 250;
/** So that work goes on within seconds of the engine's return, however long it was away. */
const LONGEST_PAUSE_MS = 2_000;

export interface Retry {
  /** What is waited for, as operators know it: `log`, `store`. */
  readonly engine: string;
  /** Whether trying again can help; what cannot be mended by waiting is thrown. */
  isTransient(error: unknown): boolean;
  readonly logger: Logger;
}

/** Resolves with what the work resolves with at last. @throws what is not transient */
export async function retryUntilDone<Result>(
  { engine, isTransient, logger }: Retry,
  work: () => Promise<Result>,
): Promise<Result> {
  const wait = createWaitLog(logger, 'waiting for an engine');
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      wait.failed(error, { engine });
      await delay(pauseMs);
    }
  }
}
