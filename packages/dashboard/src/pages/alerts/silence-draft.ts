/** A silence as it is typed into a form, and the request that it makes. */

import type { NewSilence } from '@hookpulse/api/new-silence';
import type { RuleName } from '@hookpulse/common/alerts/rules/rules';
import { iso } from '@hookpulse/common/values/iso';
import { momentOfLocal, NO_MOMENT } from '../../format/times.ts';

export const SILENCE_SPANS = ['1h', '4h', '1d', 'until'] as const;
export type SilenceSpan = (typeof SILENCE_SPANS)[number];

export const SILENCE_SPAN_WORDS: Readonly<Record<SilenceSpan, string>> = {
  '1h': '1 hour',
  '4h': '4 hours',
  '1d': '1 day',
  until: 'Until…',
};

const SPAN_MINUTES: Readonly<Record<Exclude<SilenceSpan, 'until'>, number>> = {
  '1h': 60,
  '4h': 240,
  '1d': 1_440,
};

export interface SilenceDraft {
  /** Empty: all bots. */
  readonly botId: string;
  /** Empty: all rules. */
  readonly rule: RuleName | '';
  readonly span: SilenceSpan;
  /** In the viewer's zone, as a browser's field of date and time has it: `2026-02-10T20:00`. */
  readonly until: string;
  readonly reason: string;
  /** Empty: the API names it. */
  readonly createdBy: string;
}

export type SilenceOutcome =
  | { readonly kind: 'body'; readonly body: NewSilence }
  /** By the API's names of fields. */
  | { readonly kind: 'bad'; readonly problems: Readonly<Record<string, string>> };

export function silenceOutcome(draft: SilenceDraft): SilenceOutcome {
  const { botId, rule, reason, createdBy, span, until } = draft;
  const problems: Record<string, string> = {};
  if (reason.trim() === '') problems.reason = 'Enter a reason, so that others know.';
  const end = span === 'until' ? endOf(until) : { duration_minutes: SPAN_MINUTES[span] };
  if (end === null) problems.ends_at = until === '' ? 'Choose a date and a time.' : NO_MOMENT;
  if (end === null || Object.keys(problems).length > 0) return { kind: 'bad', problems };
  return {
    kind: 'body',
    body: {
      bot_id: botId.trim() || null,
      rule: rule === '' ? null : rule,
      reason: reason.trim(),
      ...(createdBy.trim() === '' ? {} : { created_by: createdBy.trim() }),
      ...end,
    },
  };
}

function endOf(until: string): { readonly ends_at: string } | null {
  const untilMs = momentOfLocal(until);
  return untilMs === null ? null : { ends_at: iso(untilMs) };
}
