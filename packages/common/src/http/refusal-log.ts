/**
 * What the log says of requests that were answered 503. While an engine is away there are thousands a
 * second of them for one and the same reason: 150 MB a minute, were each written. How many there were
 * is in the metrics as well.
 */
import type { Logger } from '../runtime/logger.ts';

/** By the cause's class: two things that are away are both heard of. */
const REPEAT_AFTER_MS = 1_000;

export type RefusalLog = (request: Readonly<Record<string, unknown>>, cause: Error) => void;

/** @param now - milliseconds, of any clock that only goes forward */
export function createRefusalLog(logger: Logger, now = () => performance.now()): RefusalLog {
  const said = new Map<string, { atMs: number; unsaid: number }>();
  return (request, cause) => {
    const last = said.get(cause.name);
    if (last && now() - last.atMs < REPEAT_AFTER_MS) {
      last.unsaid += 1;
      return;
    }
    said.set(cause.name, { atMs: now(), unsaid: 0 });
    const others = last && last.unsaid > 0 ? { othersSinceLastLine: last.unsaid } : {};
    logger.warn({ ...request, ...others, err: cause }, 'request refused: not available');
  };
}
