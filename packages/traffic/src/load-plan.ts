/**
 * What a load sends. Each update follows from the seed, whatever becomes of those before: its bot, its kind and
 * contents, and what is reported. Only ids and dates follow from the clock.
 */
import { BOT_ERRORS, type BotWork, type ReportedEvent, workEvents } from './bot-work.ts';
import type { Pace } from './pacing.ts';
import { Random } from './random.ts';
import { type MadeUpdate, makeUpdate, SAMPLE_UPDATES, sampleUpdate } from './updates.ts';

export interface LoadShape extends Pace {
  readonly seed: number;
  /** Shares are from 0 to 1. */
  readonly errorShare: number;
  readonly slowShare: number;
  /** Of updates that are delivered a second time, as Telegram does when it did not see the answer. */
  readonly duplicateShare: number;
  /** Whether stop the traffic of the last bot halfway. */
  readonly hasSilentBot: boolean;
}

export interface LoadBot {
  readonly botId: string;
  readonly webhookSecret: string;
  readonly reportToken: string;
}

export interface PlannedUpdate {
  readonly bot: LoadBot;
  /** JSON. */
  readonly body: string;
  readonly isDeliveredTwice: boolean;
  /** What the bot reports when it was delivered. */
  readonly reports: readonly ReportedEvent[];
}

/** One in so many updates is one of Telegram's own samples. */
const SAMPLE_ONE_IN = 20;
const MEDIAN_MS = 45;

export class LoadPlan {
  readonly #shape: LoadShape;
  readonly #bots: readonly LoadBot[];
  readonly #random: Random;
  readonly #work: BotWork;
  /** Sums of the bots' weights, up to and including each. */
  readonly #weights: Float64Array;
  #nextUpdateId: number;

  /** @param nowMs - ids begin with the clock's microseconds: no run repeats those of one before */
  constructor(shape: LoadShape, bots: readonly LoadBot[], nowMs: number) {
    this.#shape = shape;
    this.#bots = bots;
    this.#random = new Random(shape.seed);
    this.#nextUpdateId = nowMs * 1_000;
    const { errorShare, slowShare } = shape;
    this.#work = { errorShare, slowShare, medianMs: MEDIAN_MS, errors: BOT_ERRORS };
    // A few bots have most of the traffic: the n-th has 1/√n of what the first one has.
    let sum = 0;
    this.#weights = Float64Array.from(bots, (_, n) => (sum += 1 / Math.sqrt(n + 1)));
  }

  /** @param plannedMs - when it is due, milliseconds after the start  @param nowMs - for its dates */
  next(plannedMs: number, nowMs: number): PlannedUpdate {
    const bot = this.#pickBot(plannedMs);
    const updateId = this.#nextUpdateId++;
    const { updateType, text } = this.#random.chance(1 / SAMPLE_ONE_IN)
      ? this.#sample(updateId)
      : makeUpdate(this.#random, updateId, nowMs);
    const update = { bot_id: bot.botId, update_id: updateId, update_type: updateType };
    return {
      bot,
      body: text,
      isDeliveredTwice: this.#random.chance(this.#shape.duplicateShare),
      reports: workEvents(this.#random, this.#work, update),
    };
  }

  #sample(updateId: number): MadeUpdate {
    const index = this.#random.integer(0, SAMPLE_UPDATES.length - 1);
    return {
      updateType: SAMPLE_TYPES[index] ?? 'message',
      text: sampleUpdate(updateId, index),
    };
  }

  #pickBot(plannedMs: number): LoadBot {
    const { hasSilentBot, durationMs } = this.#shape;
    const isSilent = hasSilentBot && plannedMs >= durationMs / 2;
    const talking = this.#bots.length - (isSilent ? 1 : 0);
    const wanted = this.#random.share() * (this.#weights[talking - 1] ?? 0);
    const bot = this.#bots[firstAbove(this.#weights, wanted)];
    if (!bot) throw new RangeError('there is no bot to send to');
    return bot;
  }
}

const SAMPLE_TYPES = SAMPLE_UPDATES.map(
  (text) => /"update_id": \d+, "(\w+)"/.exec(text)?.[1] ?? 'message',
);

/** Index of the first of ascending numbers that is above the one. */
function firstAbove(ascending: Float64Array, wanted: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
