/**
 * What the log says of requests that were refused. While an engine is away, or a stranger guesses, there
 * are thousands a second of them for one and the same reason: 150 MB a minute, were each written. How
 * many there were is in the metrics as well.
 */
import type { Logger } from '@hookpulse/common/runtime/logger';

export interface RefusalLogOptions {
  /** What every line says. */
  readonly message: string;
  /** Of the same class of causes: two things that are away are both heard of. */
  readonly repeatAfterMs: number;
  /** Milliseconds, of any clock that only goes forward. */
  readonly now?: () => number;
}

export type RefusalLog = (request: Readonly<Record<string, unknown>>, cause: Error) => void;

export function createRefusalLog(logger: Logger, options: RefusalLogOptions): RefusalLog {
  const { message, repeatAfterMs, now = () => performance.now() } = options;
  const said = new Map<string, { atMs: number; unsaid: number }>();
  return (request, cause) => {
    const last = said.get(cause.name);
    if (last && now() - last.atMs < repeatAfterMs) {
      last.unsaid += 1;
      return;
    }
    said.set(cause.name, { atMs: now(), unsaid: 0 });
    const others = last && last.unsaid > 0 ? { othersSinceLastLine: last.unsaid } : {};
    logger.warn({ ...request, ...others, err: cause }, message);
  };
}
