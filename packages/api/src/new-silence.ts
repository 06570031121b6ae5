/** Asking for a silence: from what a caller sends to what stands on the log, and how it is shown. */

import { isActive, type Silence, SilenceSchema } from '@hookpulse/common/alerts/silence';
import { BotId } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM, momentMs } from '@hookpulse/common/values/moment';
import { REPAIRABLE_LINE, repairedLine } from '@hookpulse/common/values/visible-line';
import Type, { type Static } from 'typebox';
import { ALLOWED_RULES, RuleName } from './rule-name.ts';

/** Longer ones are forgotten by those who asked for them; a rule can be switched off instead. */
const MAX_DURATION_MINUTES = 30 * 24 * 60;
const MS_PER_MINUTE = 60_000;
/** Who holds the admin token and says no name. */
const NAMELESS = 'admin';

export const NewSilenceSchema = Type.Object(
  {
    bot_id: Type.Optional(
      Type.Union([BotId, Type.Null()], {
        description: 'a bot_id, or null (default) for all bots',
      }),
    ),
    rule: Type.Optional(
      Type.Union([RuleName, Type.Null()], {
        description: `${ALLOWED_RULES}, or null (default) for all rules`,
      }),
    ),
    reason: lineOf(500, 'a reason'),
    created_by: Type.Optional(lineOf(100, 'a name')),
    ends_at: Type.Optional(
      Type.String({ format: 'date-time', description: `${MOMENT_FORM}, at most 30 days ahead` }),
    ),
    duration_minutes: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: MAX_DURATION_MINUTES,
        description: `a number of minutes above 0, at most ${MAX_DURATION_MINUTES}; instead of ends_at`,
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ bot_id: 'orders-bot', reason: 'deployment', duration_minutes: 60 }],
  },
);
export type NewSilence = Static<typeof NewSilenceSchema>;

export const SilenceViewSchema = Type.Object({
  ...SilenceSchema.properties,
  active: Type.Boolean({ description: 'whether it holds mails back now' }),
});
export type SilenceView = Static<typeof SilenceViewSchema>;

export type SilenceVerdict =
  | { readonly kind: 'silence'; readonly silence: Silence }
  | { readonly kind: 'bad'; readonly field: string; readonly message: string };

/** @param input - checked by `NewSilenceSchema` */
export function createSilence(input: NewSilence, silenceId: string, nowMs: number): SilenceVerdict {
  const endsAtMs = endOf(input, nowMs);
  if (endsAtMs === null) return bad('exactly one of ends_at and duration_minutes is required');
  if (endsAtMs <= nowMs) return bad('ends_at must be in the future');
  if (endsAtMs > nowMs + MAX_DURATION_MINUTES * MS_PER_MINUTE) {
    return bad('ends_at must be at most 30 days ahead');
  }
  return {
    kind: 'silence',
    silence: {
      silence_id: silenceId,
      bot_id: input.bot_id ?? null,
      rule: input.rule ?? null,
      reason: repairedLine(input.reason),
      created_by: input.created_by === undefined ? NAMELESS : repairedLine(input.created_by),
      created_at: iso(nowMs),
      ends_at: iso(endsAtMs),
    },
  };
}

export function silenceView(silence: Silence, nowMs: number): SilenceView {
  return { ...silence, active: isActive(silence, nowMs) };
}

function endOf({ ends_at, duration_minutes }: NewSilence, nowMs: number): number | null {
  if (ends_at !== undefined && duration_minutes !== undefined) return null;
  if (ends_at !== undefined) return momentMs(ends_at);
  // Rounded up, since the shortest ones would else have ended before they began.
  return duration_minutes === undefined
    ? null
    : nowMs + Math.ceil(duration_minutes * MS_PER_MINUTE);
}

function bad(message: string): SilenceVerdict {
  return { kind: 'bad', field: 'ends_at', message };
}

/** Goes onto one line of a screen or a mail. */
function lineOf(maxLength: number, meaning: string) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern: REPAIRABLE_LINE,
    description: `${meaning} of 1 to ${maxLength} characters, not all blank, without control characters`,
  });
}
