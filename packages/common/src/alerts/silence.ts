/** A silence: mails of some alerts are held back for a while, because somebody knows and says why. */

import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { BotId, Nullable } from '../events/webhook-event.ts';
import type { AlertSubject } from './alert.ts';

const Timestamp = Type.String({ format: 'date-time' });

export const SilenceSchema = Type.Object({
  silence_id: Type.String({ minLength: 1 }),
  /** Null: every bot. */
  bot_id: Nullable(BotId),
  /** Null: every rule. */
  rule: Nullable(Type.String({ minLength: 1 })),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
  /** Who asked for it, in words. */
  created_by: Type.String({ minLength: 1, maxLength: 100 }),
  created_at: Timestamp,
  /** From then on it holds nothing back. Ending it early moves this. */
  ends_at: Timestamp,
});
export type Silence = Static<typeof SilenceSchema>;

export const silenceValidator = Compile(SilenceSchema);

export function isActive(silence: Pick<Silence, 'ends_at'>, nowMs: number): boolean {
  return Date.parse(silence.ends_at) > nowMs;
}

/** The silence that holds an alert's mails back: of several, the one that ends last. */
export function silenceOf(
  subject: AlertSubject,
  silences: readonly Silence[],
  nowMs: number,
): Silence | null {
  const matching = silences.filter(
    ({ bot_id, rule, ends_at }) =>
      (bot_id === null || bot_id === subject.bot_id) &&
      (rule === null || rule === subject.rule) &&
      isActive({ ends_at }, nowMs),
  );
  return matching.toSorted((a, b) => Date.parse(b.ends_at) - Date.parse(a.ends_at))[0] ?? null;
}
