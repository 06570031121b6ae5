/** Patience with engines that are late: each is tried until it answers. */
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retry } from '@hookpulse/common/runtime/retry';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import { isLogOutage, UnknownTopicError } from '@hookpulse/event-log/event-log';
import { StoreRefusedError, toStoreError } from '@hookpulse/store/store-errors';
import type { Attempt, Engine } from './open-engines.ts';
import type { WaitingRoom } from './waiting-room.ts';

const PAUSES = {
  /** Soon, since most engines that are late come within seconds. */
  pauseMs: 250,
  /** So that work goes on within seconds of the engine's return, however long it was away. */
  longestPauseMs: 2_000,
};

/** Tries until the engine is there, which the room names meanwhile. */
export function patientAttempt(room: WaitingRoom, logger: Logger): Attempt {
  return (engine, work) => {
    const wait = createWaitLog(logger, 'waiting for an engine');
    const onFailure = (failure: unknown) => {
      const error = engine === 'store' ? toStoreError(failure) : failure;
      if (!isOutage(engine, error)) throw error;
      wait.failed(error, { engine });
    };
    return room.waitFor(engine, () => retry(work, { ...PAUSES, onFailure }));
  };
}

function isOutage(engine: Engine, error: unknown): boolean {
  // Everything but a refusal: networks, starts, overload and read-only replicas all pass.
  if (engine === 'store') return !(error instanceof StoreRefusedError);
  // A topic that was made a moment ago may not be known to every broker yet.
  return isLogOutage(error) || error instanceof UnknownTopicError;
}
