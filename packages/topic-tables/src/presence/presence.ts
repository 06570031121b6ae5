/** When ingest listened, by what it said of itself: a fold over `webhook.presence`. */
import {
  type Absence,
  absencesWithin,
  type Span,
  withClockAhead,
} from '@hookpulse/common/alerts/rules/listening';
import { MAX_CLOCK_SKEW_MS, momentOfLog } from '@hookpulse/common/events/log-time';
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { EventLog, Follower, LogMessage } from '@hookpulse/event-log/event-log';
import { PRESENCE_TOPIC } from '@hookpulse/event-log/topics';
import { ANNOUNCE_INTERVAL_MS } from './announce-presence.ts';
import { ListenedStretches } from './listened-stretches.ts';
import { readPresence } from './presence-message.ts';

export interface Presence {
  /**
   * When no ingest listened, in order: for as long as a rule looks back.
   * @param span - up to now
   */
  absences(span: Span): readonly Absence[];
  close(): Promise<void>;
}

export interface PresenceDeps {
  readonly log: Pick<EventLog, 'follow' | 'offsetsAt'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
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
  const { log, logger, clock, steadyClock } = deps;
  const stretches = new ListenedStretches(TOLERANCE_MS);
  /** The message read last, and when; null: all were on the log before, and ingest may have stopped since. */
  let heard: { readonly logMs: number; readonly steadyMs: number } | null = null;
  let isCaughtUp = false;
  const from = await log.offsetsAt(PRESENCE_TOPIC, clock.now() - KEPT_MS);
  const follower: Follower = await log.follow({ topic: PRESENCE_TOPIC, from, onMessage });
  await follower.caughtUp;
  isCaughtUp = true;
  return {
    absences,
    close: () => follower.close(),
  };

  function absences(span: Span): readonly Absence[] {
    const known = stretches.list();
    const heardAgoMs = heard ? steadyClock.now() - heard.steadyMs : Number.POSITIVE_INFINITY;
    if (!heard || heardAgoMs > TOLERANCE_MS) return absencesWithin(span, known, TOLERANCE_MS);
    // Ingest listens now. What is missing at the end is the difference of the clocks alone.
    const sinceHeard = { fromMs: heard.logMs, toMs: heard.logMs + heardAgoMs };
    const missing = absencesWithin(span, [...known, sinceHeard], TOLERANCE_MS);
    return withClockAhead(missing, span, MAX_CLOCK_SKEW_MS);
  }

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
    if (isCaughtUp) heard = { logMs: toMs, steadyMs: steadyClock.now() };
  }
}
