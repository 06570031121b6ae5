/** Judges bots as of a moment, and tells what is to happen. It publishes nothing. */
import type { AlertBoard, AlertState } from '@hookpulse/common/alerts/alert-board';
import type { AlertTransition } from '@hookpulse/common/domain/alerts/alert';
import { isSettled } from '@hookpulse/common/domain/alerts/mail-receipt';
import { formatSpan } from '@hookpulse/common/domain/alerts/rules/format-span';
import type { JudgedMoment, WindowFacts } from '@hookpulse/common/domain/alerts/rules/rule';
import {
  describeByRule,
  RULE_NAMES,
  type RuleName,
  type RuleSettings,
  ruleHolds,
  ruleIsNear,
} from '@hookpulse/common/domain/alerts/rules/rules';
import {
  type Finding,
  lifecycleStep,
  type OpenAlert,
  RESOLVED_AFTER_MS,
} from '../domain/lifecycle.ts';
import { nextTransition } from '../domain/next-transition.ts';
import type { RosterEntry } from './bot-roster.ts';

const MS_PER_MINUTE = 60_000;

export class Judge {
  readonly #board: Pick<AlertBoard, 'get'>;
  readonly #windowMs: number;
  /** By alert that fires: since when its rule has not held. */
  readonly #clearSince = new Map<string, number>();

  constructor(board: Pick<AlertBoard, 'get'>, windowMs: number) {
    this.#board = board;
    this.#windowMs = windowMs;
  }

  /**
   * @param isWaiting - whether a decision about the key is on its way to the board: nothing is decided
   *   on top of it
   */
  *judgeBot(
    entry: RosterEntry,
    facts: WindowFacts,
    { nowMs, knownSinceMs }: Pick<JudgedMoment, 'nowMs' | 'knownSinceMs'>,
    isWaiting: (key: string) => boolean,
  ): Iterable<AlertTransition> {
    const { bot, settings, keys, watchedSinceMs } = entry;
    const judged = { name: bot.name, watchedSinceMs };
    const at = { nowMs, knownSinceMs, windowMs: this.#windowMs };
    for (const rule of RULE_NAMES) {
      const key = keys[rule];
      const holds = ruleHolds(rule, facts, settings.rules, judged, at);
      const state = this.#board.get(key);
      const isOpen = state !== undefined && state.transition.transition !== 'resolved';
      if ((!holds && !isOpen) || isWaiting(key)) continue;
      const finding: Finding = holds ? { kind: 'holds' } : endingOf(rule, facts, settings.rules);
      const repeatAfterMs = settings.rules[rule].repeat_after_minutes * MS_PER_MINUTE;
      const step = this.#step(key, isOpen ? state : null, finding, repeatAfterMs, nowMs);
      if (step === null) continue;
      const found = describeByRule(rule, facts, settings.rules, judged, at);
      const reason = step === 'resolved' ? endOf(finding, found.sentence) : found.sentence;
      yield nextTransition(state ?? null, {
        bot,
        rule,
        transition: step,
        reason,
        finding: found,
        nowMs,
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
    for (const key of this.#clearSince.keys()) {
      if (!isKept(key)) this.#clearSince.delete(key);
    }
  }

  #step(
    key: string,
    open: AlertState | null,
    finding: Finding,
    repeatAfterMs: number,
    nowMs: number,
  ): AlertTransition['transition'] | null {
    const alert = open === null ? null : this.#openAlert(key, open);
    const { transition, clearSinceMs } = lifecycleStep(alert, finding, repeatAfterMs, nowMs);
    if (clearSinceMs === null) this.#clearSince.delete(key);
    else this.#clearSince.set(key, clearSinceMs);
    return transition;
  }

  #openAlert(key: string, { transition, receipt }: AlertState): OpenAlert {
    const isSettledNow = receipt?.sequence === transition.sequence && isSettled(receipt);
    return {
      clearSinceMs: this.#clearSince.get(key) ?? null,
      mailSettledMs: isSettledNow ? Date.parse(receipt.at) : null,
    };
  }
}

/** Whether an alert whose rule does not hold comes to its end. */
function endingOf(rule: RuleName, facts: WindowFacts, settings: RuleSettings): Finding {
  if (!settings[rule].enabled) {
    return { kind: 'over', reason: 'The rule was switched off for this bot.' };
  }
  return { kind: ruleIsNear(rule, facts, settings) ? 'near' : 'clear' };
}

function endOf(finding: Finding, sentence: string): string {
  if (finding.kind === 'over') return finding.reason;
  return `The rule has not held for ${formatSpan(RESOLVED_AFTER_MS)}. ${sentence}`;
}
