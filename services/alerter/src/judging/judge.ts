/** Judges bots as of a moment, and tells what is to happen. It publishes nothing. */

import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import { isSettled } from '@hookpulse/common/alerts/mail-receipt';
import { formatSpan } from '@hookpulse/common/alerts/rules/format-span';
import type { JudgedMoment } from '@hookpulse/common/alerts/rules/rule';
import { describeByRule, RULE_NAMES, ruleHolds } from '@hookpulse/common/alerts/rules/rules';
import type { AlertState, AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { type Verdict, verdictOf } from '../domain/bot-verdict.ts';
import {
  type Finding,
  lifecycleStep,
  type OpenAlert,
  RESOLVED_AFTER_MS,
} from '../domain/lifecycle.ts';
import { nextTransition } from '../domain/next-transition.ts';
import type { BotWindow, WindowMark } from '../domain/sliding-window.ts';
import type { RosterEntry } from './bot-roster.ts';

const MS_PER_MINUTE = 60_000;

/** A bot with what is known of it. */
export interface JudgedEntry {
  readonly entry: RosterEntry;
  readonly window: BotWindow;
  /** An event of the bot that is known, milliseconds since the epoch; null: none. */
  readonly heardMs: number | null;
}

/** What is remembered of an alert that fires. */
interface Outlook {
  /** Since when its rule has not held, milliseconds since the epoch; null: it holds. */
  readonly clearSinceMs: number | null;
  readonly mark: WindowMark | null;
}

export class Judge {
  readonly #alertStates: Pick<AlertStates, 'get'>;
  readonly #windowMs: number;
  readonly #outlooks = new Map<string, Outlook>();

  constructor(alertStates: Pick<AlertStates, 'get'>, windowMs: number) {
    this.#alertStates = alertStates;
    this.#windowMs = windowMs;
  }

  /**
   * @param isWaiting - whether a decision about the key is on its way to the alert table: nothing is decided
   *   on top of it
   */
  *judgeBot(
    { entry, window, heardMs }: JudgedEntry,
    known: Omit<JudgedMoment, 'windowMs'>,
    isWaiting: (key: string) => boolean,
  ): Iterable<AlertTransition> {
    const { bot, keys, watchedSinceMs } = entry;
    const settings = entry.settings.rules;
    const facts = window.facts(known.nowMs);
    const isHeard = Math.max(heardMs ?? 0, facts.lastEventMs ?? 0) >= watchedSinceMs;
    const judged = { name: bot.name, watchedSinceMs, isHeard };
    const seen = { facts, at: { ...known, windowMs: this.#windowMs } };
    for (const rule of RULE_NAMES) {
      const key = keys[rule];
      const state = this.#alertStates.get(key) ?? null;
      const open = state?.transition.transition === 'resolved' ? null : state;
      if (open === null && !ruleHolds(rule, facts, settings, judged, seen.at)) continue;
      if (isWaiting(key)) continue;
      const ruled = { rule, settings, bot: judged, window };
      const { mark = null } = this.#outlooks.get(key) ?? {};
      const verdict = verdictOf(ruled, seen, open?.transition ?? null, mark);
      const repeatAfterMs = settings[rule].repeat_after_minutes * MS_PER_MINUTE;
      const step = this.#step(key, open, verdict, repeatAfterMs, known.nowMs);
      if (step === null) continue;
      const found = describeByRule(rule, verdict.seen.facts, settings, judged, verdict.seen.at);
      const reason = step === 'resolved' ? endOf(verdict.finding, found.sentence) : found.sentence;
      yield nextTransition(state, {
        bot,
        rule,
        transition: step,
        reason,
        finding: found,
        nowMs: known.nowMs,
      });
    }
  }

  /** Ends an alert of a bot that is not judged any more. */
  endAlert(state: AlertState, reason: string, nowMs: number): AlertTransition {
    const { bot_id, bot_name, rule, severity, facts } = state.transition;
    return nextTransition(state, {
      bot: { bot_id, name: bot_name, created_at: '' }, // names a new alert only
      rule,
      transition: 'resolved',
      reason,
      finding: { severity, facts },
      nowMs,
    });
  }

  /**
   * Others judge these now: how long a rule has not held is known there, and would be wrong here
   * when they come back.
   */
  forgetUnless(isKept: (key: string) => boolean): void {
    for (const key of this.#outlooks.keys()) {
      if (!isKept(key)) this.#outlooks.delete(key);
    }
  }

  #step(
    key: string,
    open: AlertState | null,
    { finding, mark }: Verdict,
    repeatAfterMs: number,
    nowMs: number,
  ): AlertTransition['transition'] | null {
    const alert = open === null ? null : this.#openAlert(key, open);
    const { transition, clearSinceMs } = lifecycleStep(alert, finding, repeatAfterMs, nowMs);
    const isKept = transition !== 'resolved' && (clearSinceMs !== null || mark !== null);
    if (isKept) this.#outlooks.set(key, { clearSinceMs, mark });
    else this.#outlooks.delete(key);
    return transition;
  }

  #openAlert(key: string, { transition, receipt }: AlertState): OpenAlert {
    const isSettledNow = receipt?.sequence === transition.sequence && isSettled(receipt);
    return {
      clearSinceMs: this.#outlooks.get(key)?.clearSinceMs ?? null,
      mailSettledMs: isSettledNow ? Date.parse(receipt.at) : null,
    };
  }
}

function endOf(finding: Finding, sentence: string): string {
  if (finding.kind === 'over') return finding.reason;
  return `The rule has not held for ${formatSpan(RESOLVED_AFTER_MS)}. ${sentence}`;
}
