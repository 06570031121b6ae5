/** Judges bots as of a moment, and tells what is to happen. It publishes nothing. */

import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import { type Decision, decide } from '@hookpulse/common/alerts/decider';
import type { JudgedBot, JudgedMoment, WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import {
  describeByRule,
  RULE_NAMES,
  type RuleName,
  ruleHolds,
} from '@hookpulse/common/alerts/rules/rules';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { verdictOf } from '../domain/bot-verdict.ts';
import type { BotWindow, WindowMark } from '../domain/sliding-window.ts';
import type { RosterEntry } from './bot-roster.ts';

const MS_PER_MINUTE = 60_000;
/** Rules about errors: what these come down to is told with the alert. */
const NAMES_CAUSES: ReadonlySet<RuleName> = new Set(['high_error_rate']);

/** A bot with what is known of it. */
export interface JudgedEntry {
  readonly entry: RosterEntry;
  readonly window: BotWindow;
  /** Of the window, as of the moment. */
  readonly facts: WindowFacts;
  /** An event of the bot that is known, milliseconds since the epoch; null: none. */
  readonly heardMs: number | null;
  readonly forwarding: JudgedBot['forwarding'];
}

/** What is remembered of an alert that fires. */
interface Outlook {
  /** Since when its rule has not held, milliseconds since the epoch; null: it holds. */
  readonly clearSinceMs: number | null;
  readonly mark: WindowMark | null;
}

export class Judge {
  readonly #statesOf: AlertStates['ofBot'];
  readonly #outlooks = new Map<string, Outlook>();

  constructor(statesOf: AlertStates['ofBot']) {
    this.#statesOf = statesOf;
  }

  /**
   * @param isWaiting - whether a decision about the key is on its way to the alert table: nothing is decided
   *   on top of it
   */
  *judgeBot(
    { entry, window, facts, heardMs, forwarding }: JudgedEntry,
    at: JudgedMoment,
    isWaiting: (key: string) => boolean,
  ): Iterable<AlertTransition> {
    const { bot, watchedSinceMs } = entry;
    const settings = entry.settings.rules;
    const isHeard = Math.max(heardMs ?? 0, facts.lastEventMs ?? 0) >= watchedSinceMs;
    const judged = { name: bot.name, watchedSinceMs, isHeard, forwarding };
    const seen = { facts, at };
    const states = this.#statesOf(bot.bot_id);
    for (const rule of RULE_NAMES) {
      const state = states.get(rule) ?? null;
      const open = state?.transition.transition === 'resolved' ? null : state;
      if (open === null && !ruleHolds(rule, facts, settings, judged, at)) continue;
      const key = alertKey({ bot_id: bot.bot_id, rule });
      if (isWaiting(key)) continue;
      const { clearSinceMs = null, mark = null } = this.#outlooks.get(key) ?? {};
      const ruled = { rule, settings, bot: judged, window };
      const verdict = verdictOf(ruled, seen, open?.transition ?? null, mark);
      const decision = decide(
        state,
        {
          kind: verdict.kind,
          bot,
          rule,
          clearSinceMs,
          repeatAfterMs: settings[rule].repeat_after_minutes * MS_PER_MINUTE,
          account() {
            const { facts, at } = verdict.seen;
            const { sentence, ...described } = describeByRule(rule, facts, settings, judged, at);
            const causes = NAMES_CAUSES.has(rule) ? window.causes?.(at.nowMs) : undefined;
            const told = { bot_name: bot.name, reason: verdict.ended ?? sentence, ...described };
            return causes && causes.length > 0 ? { ...told, causes: [...causes] } : told;
          },
        },
        at.nowMs,
      );
      this.#remember(key, decision, verdict.mark);
      if (decision.transition) yield decision.transition;
    }
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

  #remember(key: string, { transition, clearSinceMs }: Decision, mark: WindowMark | null): void {
    const isOver = transition?.transition === 'resolved';
    if (isOver || (clearSinceMs === null && mark === null)) this.#outlooks.delete(key);
    else this.#outlooks.set(key, { clearSinceMs, mark });
  }
}
