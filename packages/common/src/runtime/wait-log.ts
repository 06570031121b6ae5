/** What is said while something is waited for: one line, however often it is tried. */
import type { Logger } from './logger.ts';

export interface WaitLog {
  /** An attempt failed. Each reason is said once a wait; what comes again is for who debugs. */
  failed(error: unknown, about?: Readonly<Record<string, unknown>>): void;
  /** The wait is over; the next one says its reasons anew. */
  over(): void;
}

/** Errors of these classes are faults of ours: where they come from has to be seen. */
const FAULTS = [TypeError, ReferenceError, RangeError, SyntaxError];

/** @param message - what is waited for */
export function createWaitLog(logger: Logger, message: string): WaitLog {
  const said = new Set<string>();
  return {
    failed(error, about = {}) {
      const reason = reasonOf(error);
      if (said.has(reason)) {
        logger.debug({ ...about, err: error }, message);
        return;
      }
      said.add(reason);
      const isFault = FAULTS.some((fault) => error instanceof fault);
      logger.warn({ ...about, ...(isFault ? { err: error } : { reason }) }, message);
    },
    over: () => said.clear(),
  };
}

/** The error's message and those of what caused it, without a stack. */
export function reasonOf(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!messages.includes(cause.message)) messages.push(cause.message);
  }
  return messages.length > 0 ? messages.join(': ') : String(error);
}
