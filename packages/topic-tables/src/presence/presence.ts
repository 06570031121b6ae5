/** When ingest listened, by what it said of itself: a fold over `webhook.presence`. */
import { absencesWithin, type Span } from '@hookpulse/common/alerts/rules/listening';
import { momentOfLog } from '@hookpulse/common/events/log-time';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { EventLog, Follower, LogMessage } from '@hookpulse/event-log/event-log';
import { PRESENCE_TOPIC } from '@hookpulse/event-log/topics';
import { ANNOUNCE_INTERVAL_MS } from './announce-presence.ts';
import { ListenedStretches } from './listened-stretches.ts';
import { readPresence } from './presence-message.ts';

export interface Presence {
  /** When no ingest listened, in order; as long ago as any rule looks back. */
  absences(span: Span): readonly Span[];
  close(): Promise<void>;
}

export interface PresenceDeps {
  readonly log: Pick<EventLog, 'follow' | 'offsetsAt'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Two that were missed are no absence, nor is the moment that a restart takes. */
const TOLERANCE_MS = 2.5 * ANNOUNCE_INTERVAL_MS;
/** `no_traffic` looks back for a day at most. */
const KEPT_MS = 25 * HOUR_MS;

/**
 * Resolves once it holds what is on the log of that time.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openPresence(deps: PresenceDeps): Promise<Presence> {
  const { log, logger, clock } = deps;
  const stretches = new ListenedStretches(TOLERANCE_MS);
  const from = await log.offsetsAt(PRESENCE_TOPIC, clock.now() - KEPT_MS);
  const follower: Follower = await log.follow({ topic: PRESENCE_TOPIC, from, onMessage });
  await follower.caughtUp;
  return {
    absences: (span) => absencesWithin(span, stretches.list(), TOLERANCE_MS),
    close: () => follower.close(),
  };

  function onMessage(message: LogMessage): void {
    const presence = readPresence(message);
    if (presence === null) {
      const { topic, partition, offset } = message;
      logger.warn({ topic, partition, offset: String(offset) }, 'presence message skipped');
      return;
    }
    const toMs = momentOfLog(message.timestampMs, clock.now());
    stretches.said(presence, toMs);
    stretches.forgetBefore(toMs - KEPT_MS);
  }
}
