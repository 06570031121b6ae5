/** Patience with an engine that is late: try again, a little later each time, until it answers. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import {
  LogRefusedError,
  LogUnavailableError,
  UnknownTopicError,
} from '@hookpulse/event-log/event-log';
import { StoreRefusedError, toStoreError } from '@hookpulse/store/store-errors';
import type { Attempt, Engine } from './open-engines.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** Soon, since most engines that are late come within seconds. */
const FIRST_PAUSE_MS = 250;
/** So that work goes on within seconds of the engine's return, however long it was away. */
const LONGEST_PAUSE_MS = 2_000;

/** Tries until the engine is there, which the room names meanwhile. */
export function patientAttempt(room: WaitingRoom, logger: Logger): Attempt {
  return (engine, work) => room.waitFor(engine, () => retryUntilDone(engine, logger, work));
}

async function retryUntilDone<Result>(
  engine: Engine,
  logger: Logger,
  work: () => Promise<Result>,
): Promise<Result> {
  const wait = createWaitLog(logger, 'waiting for an engine');
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (failure) {
      const error = engine === 'store' ? toStoreError(failure) : failure;
      if (!isOutage(engine, error)) throw error;
      wait.failed(error, { engine });
      await delay(pauseMs);
    }
  }
}

function isOutage(engine: Engine, error: unknown): boolean {
  // Everything but a refusal: networks, starts, overload and read-only replicas all pass.
  if (engine === 'store') return !(error instanceof StoreRefusedError);
  if (error instanceof LogRefusedError) return false;
  // A topic that was made a moment ago may not be known to every broker yet.
  return error instanceof LogUnavailableError || error instanceof UnknownTopicError;
}
