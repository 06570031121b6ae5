/** What is wrong with how a bot is watched, apart from how the bot is. */

import { SLOW_CLOCK_MS } from '@hookpulse/common/events/slow-clock';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import Type, { type Static } from 'typebox';
import type { ForwardingView } from './forwarding-view.ts';

export const HealthWarningSchema = Type.Object({
  kind: Type.Enum(['clock_difference', 'forwarding_failing']),
  seconds: Type.Integer({
    description:
      "clock_difference: median of the log's time minus timestamp, over the reports of the last 15 minutes; negative: the clock of the worker is fast. forwarding_failing: how long the oldest update has waited",
  }),
  message: Type.String({ description: 'the warning as a sentence' }),
});
export type HealthWarning = Static<typeof HealthWarningSchema>;

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
/** From two of a unit on it is the one to speak of: "90 minutes" says more than "1 hour". */
const UNITS = [
  [DAY_S, 'days'],
  [HOUR_S, 'hours'],
  [MINUTE_S, 'minutes'],
] as const;

/** @param differenceMs - by which reports are later than their timestamps; null: there are none */
export function clockWarnings(differenceMs: number | null): HealthWarning[] {
  if (differenceMs === null || Math.abs(differenceMs) < SLOW_CLOCK_MS) return [];
  const seconds = Math.round(differenceMs / SECOND_MS);
  return [{ kind: 'clock_difference', seconds, message: messageOf(seconds) }];
}

/** @param forwarding - null: the bot's updates are not forwarded, or nothing is known of it */
export function forwardingWarnings(
  forwarding: Pick<ForwardingView, 'state' | 'backlog' | 'oldest_age_seconds'> | null,
): HealthWarning[] {
  if (forwarding?.state !== 'failing') return [];
  const { backlog, oldest_age_seconds: ageSeconds } = forwarding;
  const seconds = Math.round(ageSeconds ?? 0);
  const waiting = backlog === 1 ? '1 update waits' : `${backlog} updates wait`;
  const message = `The bot's own webhook takes no updates, and ${waiting}. Only first attempts count as errors, so the error rate is lower than the share of updates that fail.`;
  return [{ kind: 'forwarding_failing', seconds, message }];
}

function messageOf(seconds: number): string {
  const span = spanText(Math.abs(seconds));
  return seconds > 0
    ? `Reports arrive ${span} after their timestamp: the worker's clock is slow, or it holds reports back. Figures by time show them too early.`
    : `Reports arrive ${span} before their timestamp: the worker's clock is fast. Figures by time show them too late.`;
}

function spanText(seconds: number): string {
  const [unitS, name] = UNITS.find(([size]) => seconds >= 2 * size) ?? [1, 'seconds'];
  return `${Math.round(seconds / unitS)} ${name}`;
}
