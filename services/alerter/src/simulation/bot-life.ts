/** A simulated bot's month: when it has traffic, and what goes wrong with it, all from a seed. */

import type { Span } from '@hookpulse/common/alerts/rules/listening';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What is wrong with a bot for a while. */
export type Trouble =
  /** Most of what it works on fails. */
  | 'failing'
  /** Nothing comes. */
  | 'silent'
  /** It works slowly. */
  | 'slow'
  /** Telegram has a wrong secret: every delivery is refused. */
  | 'wrong_secret'
  /** Somebody switches it off. */
  | 'disabled';

export interface BotTrouble extends Span {
  readonly trouble: Trouble;
}

/** A number from 0 to 1, below 1. */
export type Random = () => number;

export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

export interface BotLife {
  readonly botId: string;
  readonly troubles: readonly BotTrouble[];
  /** What its workers' clock is behind, milliseconds. */
  readonly clockSlowMs: number;
  /** Whether its deliveries pass Hookpulse; else it only reports its work. */
  readonly isDelivered: boolean;
  /** Whether it has little traffic. */
  isNight(atMs: number): boolean;
  /** Until its next update, from a moment on. */
  nextPauseMs(atMs: number): number;
}

/** An update comes so often by day; never a window apart, so that silence has its cause. */
const DAY_PAUSE_MS = MINUTE_MS;
/** By night (two thirds of a day) a window holds two to five: too few for most rules. */
const NIGHT_PAUSE_MS = 5 * MINUTE_MS;
const TROUBLES: readonly Trouble[] = ['failing', 'silent', 'slow', 'wrong_secret', 'disabled'];
/** Every third bot has a worker whose clock is wrong. */
const SLOW_CLOCKS_MS: readonly number[] = [0, 0, 20 * MINUTE_MS];

export function botLife(number: number, span: Span, random: Random): BotLife {
  const troubles: BotTrouble[] = [];
  // The first and the last day are well: what was told is over in the end.
  let fromMs = span.fromMs + DAY_MS * (1 + 3 * random());
  while (fromMs < span.toMs - 2 * DAY_MS) {
    const trouble = pick(TROUBLES, random);
    const toMs = fromMs + 20 * MINUTE_MS + random() ** 3 * 10 * HOUR_MS;
    troubles.push({ trouble, fromMs, toMs });
    fromMs = toMs + HOUR_MS + random() * 4 * DAY_MS;
  }
  const nightShiftMs = random() * DAY_MS;
  const isNight = (atMs: number) => (atMs + nightShiftMs) % DAY_MS < (DAY_MS * 2) / 3;
  return {
    botId: `bot-${number}`,
    troubles,
    clockSlowMs: SLOW_CLOCKS_MS[number % SLOW_CLOCKS_MS.length] ?? 0,
    isDelivered: number % 2 === 0,
    isNight,
    nextPauseMs: (atMs) => (isNight(atMs) ? NIGHT_PAUSE_MS : DAY_PAUSE_MS) * (0.5 + random()),
  };
}

/** What is wrong with it at a moment; null: nothing. */
export function troubleAt({ troubles }: BotLife, atMs: number): Trouble | null {
  return troubles.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.trouble ?? null;
}

export function pick<Item>(
  items: readonly [Item, ...Item[]] | readonly Item[],
  random: Random,
): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
