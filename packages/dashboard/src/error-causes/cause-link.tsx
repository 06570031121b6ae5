/** The sentence that leads, and the way from it to exactly its events. */
import { causeSentence, errorTitle } from '@hookpulse/common/events/cause-words';
import type { ErrorCause } from '@hookpulse/common/events/error-cause';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { serverNow } from '../api/server-clock.ts';
import { formatClock } from '../format/times.ts';
import { eventsOfGroup } from '../pages/errors/error-queries.ts';

export interface CauseLinkProps {
  readonly cause: ErrorCause;
  readonly botId: string;
  /** When it was over; absent: it goes on. */
  readonly to?: string | undefined;
  /** Only the error itself, where there is little room. */
  readonly isShort?: boolean;
}

export function CauseLink({ cause, botId, to, isShort = false }: CauseLinkProps) {
  const sentence = causeSentence(cause, (at) => formatClock(Date.parse(at), serverNow()));
  return (
    <a href={causeEvents(cause, botId, to)} title={isShort ? sentence : undefined}>
      {isShort ? errorTitle(cause) : sentence}
    </a>
  );
}

/** @param cause - of a beginning that is not known all of the day before the end is shown */
function causeEvents({ fingerprint, since }: ErrorCause, bot_id: string, to?: string): string {
  const endMs = to === undefined ? serverNow() : Date.parse(to);
  return eventsOfGroup(fingerprint, { bot_id, from: since ?? iso(endMs - DAY_MS), to });
}
