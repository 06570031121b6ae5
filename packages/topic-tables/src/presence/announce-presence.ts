/** Says on the log, again and again, that this ingest listens: silence of bots is judged by it. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { presenceToMessage } from './presence-message.ts';

export interface AnnouncePresenceDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly logger: Logger;
}

export interface AnnouncedPresence {
  /** Says it for the last time, and waits a second at most for the log. Never rejects. */
  close(): Promise<void>;
}

/** What is lost of a stretch when a process is killed; few enough messages for the log. */
export const ANNOUNCE_INTERVAL_MS = 10_000;
/** A process that stood still for longer (stopped, or its machine asleep) did not listen meanwhile. */
const STOOD_STILL_MS = 2 * ANNOUNCE_INTERVAL_MS;
/** A log that does not answer must not keep ingest from stopping. */
const LAST_WORD_MS = 1_000;

/** Says it for the first time at once; nobody waits for the log. */
export function announcePresence({ log, logger }: AnnouncePresenceDeps): AnnouncedPresence {
  /** Null: the log did not take the last one, so that nothing could be taken in either. */
  let stretch: { readonly id: string; readonly sinceMs: number } | null = null;
  let said = { steadyMs: 0, wallMs: 0 };
  let underWay = announce();
  const say = () => {
    underWay = underWay.then(announce);
    return underWay;
  };
  const timer = setInterval(say, ANNOUNCE_INTERVAL_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await settleWithin(LAST_WORD_MS, say);
    },
  };

  async function announce(): Promise<void> {
    const now = { steadyMs: performance.now(), wallMs: Date.now() };
    // Of a stopped process both clocks go on, of a machine asleep the wall clock alone. That clock may
    // be set as well: a new stretch does no harm then.
    const stoodStillMs = Math.max(now.steadyMs - said.steadyMs, now.wallMs - said.wallMs);
    if (stretch === null || stoodStillMs > STOOD_STILL_MS) {
      stretch = { id: randomUUID(), sinceMs: now.steadyMs };
    }
    const { id, sinceMs } = stretch;
    // The log's times are whole milliseconds: a fraction more would begin the stretch before it began.
    const listenedMs = Math.floor(now.steadyMs - sinceMs);
    try {
      await log.publish([presenceToMessage({ stretch_id: id, listened_ms: listenedMs })]);
      said = now;
    } catch (error) {
      if (stretch !== null) logger.debug({ err: error }, 'presence could not be announced');
      stretch = null;
    }
  }
}
