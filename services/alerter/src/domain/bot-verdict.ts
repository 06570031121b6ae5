/**
 * What a rule says of a bot now: whether it holds, and of an alert that fires, what shows that it is
 * over. A verdict as data, with the numbers that it is about.
 */
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import type { Outcome } from '@hookpulse/common/alerts/decider';
import type { JudgedBot, JudgedMoment, WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import {
  type RuleName,
  type RuleSettings,
  ruleEnding,
  ruleHolds,
} from '@hookpulse/common/alerts/rules/rules';
import type { BotWindow, WindowMark } from './sliding-window.ts';

/** What a verdict is about: by it the rule makes its sentence. */
export interface Seen {
  readonly facts: WindowFacts;
  readonly at: JudgedMoment;
}

export interface Verdict {
  readonly kind: Outcome['kind'];
  /** Why there is nothing to judge any more; null: there is. */
  readonly ended: string | null;
  readonly seen: Seen;
  /** Since where nothing has failed, for the next verdict about the alert; null: something fails. */
  readonly mark: WindowMark | null;
}

export interface RuledBot {
  readonly rule: RuleName;
  readonly settings: RuleSettings;
  readonly bot: JudgedBot;
  readonly window: BotWindow;
}

/**
 * @param open - the alert that fires; null: none
 * @param mark - of the verdict before about it
 */
export function verdictOf(
  { rule, settings, bot, window }: RuledBot,
  { facts, at }: Seen,
  open: Pick<AlertTransition, 'fired_at'> | null,
  mark: WindowMark | null,
): Verdict {
  const verdict = { ended: null, seen: { facts, at }, mark: null };
  if (ruleHolds(rule, facts, settings, bot, at)) return { ...verdict, kind: 'holds' };
  if (open === null) return { ...verdict, kind: 'clear' };
  const ended = whyOver(rule, settings, bot, open);
  if (ended !== null) return { ...verdict, kind: 'over', ended };
  switch (ruleEnding(rule, facts, settings, bot, at)) {
    case 'failing':
      return { ...verdict, kind: 'holds' };
    case 'unknown':
      return { ...verdict, kind: 'open' };
    case 'clear':
      return { ...verdict, kind: 'clear', mark: mark ?? window.mark(at.nowMs) };
    case 'too_few': {
      // What a window has too few of gathers over as many windows as it takes.
      const since = mark && window.factsSince(mark, at.nowMs) ? mark : window.mark(at.nowMs);
      const gathered = window.factsSince(since, at.nowMs) ?? facts;
      const isClear = ruleEnding(rule, gathered, settings, bot, at) === 'clear';
      if (!isClear) return { ...verdict, kind: 'open', mark: since };
      const seen = { facts: gathered, at: { ...at, windowMs: at.nowMs - since.fromMs } };
      return { ...verdict, kind: 'clear', seen, mark: since };
    }
  }
}

/** Why there is nothing to judge any more; null: there is. */
function whyOver(
  rule: RuleName,
  settings: RuleSettings,
  { watchedSinceMs }: JudgedBot,
  { fired_at }: Pick<AlertTransition, 'fired_at'>,
): string | null {
  if (!settings[rule].enabled) return 'The rule was switched off for this bot.';
  if (Date.parse(fired_at) < watchedSinceMs) return 'The bot was disabled and enabled again.';
  return null;
}
