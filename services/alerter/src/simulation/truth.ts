/** Compares what was told in a simulated month with what was wrong. */

import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import type { Span } from '@hookpulse/common/alerts/rules/listening';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { BotLife, BotTrouble, Trouble } from './bot-life.ts';
import type { SimulatedMonth } from './simulated-month.ts';

/** What is seen of trouble in the window stays there for a window and a slice. */
const WINDOW_MS = 15 * MINUTE_MS + 5_000;
/** A verdict is as of the step before, and says of nothing younger than the longest pause between updates. */
const PAUSE_MS = 8 * MINUTE_MS;

/** What may make a rule hold. */
const CAUSES: Readonly<Record<string, readonly Trouble[]>> = {
  high_error_rate: ['failing', 'wrong_secret'],
  signature_failures: ['wrong_secret'],
  no_traffic: ['silent'],
  slow_processing: ['slow'],
  // Nothing is forwarded in the simulated month.
  forwarding_stuck: [],
};

/** One sentence for everything that is not true; none: all is. */
export function untruthsOf(month: SimulatedMonth): string[] {
  const lives = new Map(month.lives.map((life) => [life.botId, life]));
  const told = month.transitions.flatMap((transition) => {
    const life = lives.get(transition.bot_id);
    return life ? untruthOf(transition, life) : [`${place(transition)}: of an unknown bot`];
  });
  return [...told, ...orderOf(month), ...mailsOf(month), ...missedOf(month)];
}

function untruthOf(transition: AlertTransition, life: BotLife): string[] {
  const atMs = Date.parse(transition.at);
  const causes = troublesOf(life, CAUSES[transition.rule] ?? []);
  switch (transition.transition) {
    case 'firing':
    case 'reminder': {
      const isCaused = causes.some((one) => touches(one, { fromMs: atMs - WINDOW_MS, toMs: atMs }));
      return isCaused ? [] : [`${place(transition)}: without a cause in the bot`];
    }
    case 'resolved': {
      if (/was disabled/.test(transition.reason)) return [];
      const isGoingOn = causes.some(({ fromMs, toMs }) => fromMs + PAUSE_MS < atMs && atMs < toMs);
      return isGoingOn ? [`${place(transition)}: while it goes on (${transition.reason})`] : [];
    }
    default:
      return transition.transition satisfies never;
  }
}

/** Each alert begins with firing, and goes on to its end without a gap. */
function orderOf({ transitions }: SimulatedMonth): string[] {
  const lastOf = new Map<string, AlertTransition>();
  return transitions.flatMap((transition) => {
    const key = `${transition.bot_id}|${transition.rule}`;
    const last = lastOf.get(key);
    lastOf.set(key, transition);
    const begins = last === undefined || last.transition === 'resolved';
    const isInOrder =
      transition.sequence === (last?.sequence ?? 0) + 1 &&
      begins === (transition.transition === 'firing') &&
      (begins || last.alert_id === transition.alert_id);
    return isInOrder ? [] : [`${place(transition)}: after ${last?.transition ?? 'nothing'}`];
  });
}

/**
 * Every receiver of a resolved mail got the firing mail, once; and nobody is told the same twice.
 */
function mailsOf({ mails }: SimulatedMonth): string[] {
  const twice = [...Map.groupBy(mails, ({ messageId }) => messageId)].filter(
    ([, same]) => same.length > 1,
  );
  const told = new Set<string>();
  const untold = mails.flatMap((mail) => {
    if (mail.alertIds.length === 0) return [`mail ${mail.messageId} names no alert`];
    const pairs = mail.alertIds.flatMap((alertId) => mail.to.map((to) => `${alertId} to ${to}`));
    if (mail.isEnd) {
      const missing = pairs.filter((pair) => !told.has(pair));
      return missing.map((pair) => `it is over: ${pair}, who was never told that it fires`);
    }
    for (const pair of pairs) told.add(pair);
    return [];
  });
  return [...twice.map(([id]) => `mail ${id} went out twice`), ...untold];
}

/** What lasts for long by day, while all of Hookpulse runs, is told. */
function missedOf({ lives, transitions, faults }: SimulatedMonth): string[] {
  const rules = Object.entries(CAUSES);
  const down = faults.filter(({ fault }) => fault === 'stopped' || fault === 'log_away');
  return lives.flatMap((life) =>
    life.troubles.flatMap((trouble) => {
      const isLong = trouble.toMs - trouble.fromMs > HOUR_MS;
      const isByDay = [0, HOUR_MS].every((ms) => !life.isNight(trouble.fromMs + ms));
      if (!isLong || !isByDay || down.some((one) => touches(one, trouble))) return [];
      return rules.flatMap(([rule, [main]]) => {
        if (main !== trouble.trouble) return [];
        const isTold = transitions.some(
          (one) =>
            one.bot_id === life.botId &&
            one.rule === rule &&
            touches(trouble, { fromMs: Date.parse(one.fired_at), toMs: Date.parse(one.at) + 1 }),
        );
        return isTold ? [] : [`${life.botId}: ${trouble.trouble} was never told`];
      });
    }),
  );
}

function troublesOf({ troubles }: BotLife, kinds: readonly Trouble[]): BotTrouble[] {
  return troubles.filter(({ trouble }) => kinds.includes(trouble));
}

function touches(a: Span, b: Span): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

function place({ bot_id, rule, sequence, transition, at }: AlertTransition): string {
  return `${at} ${bot_id}|${rule}#${sequence} ${transition}`;
}
