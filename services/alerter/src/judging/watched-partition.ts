/** One partition of `webhook.events` that this alerter holds: its bots' windows, and how far it was read. */
import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import { momentOfLog } from '@hookpulse/common/events/log-time';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import type { LogBatch } from '@hookpulse/event-log/event-log';
import { readBatch } from '@hookpulse/event-log/read-batch';
import { wasSetBack } from '../domain/clock-trust.ts';
import type { CountingTerms } from '../domain/judged-window.ts';
import { type FoldedAs, PartitionWindows } from '../domain/partition-windows.ts';
import type { BotWindow } from '../domain/sliding-window.ts';
import type { WindowShape } from '../domain/window-shape.ts';
import { HighWatermark } from './high-watermark.ts';

export interface WatchedPartitionStart {
  readonly partition: number;
  /** The first offset that is read. */
  readonly offset: bigint;
  /** Log time that it is read from, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** When this alerter got the partition. All decisions of its former owner are older. */
  readonly assignedMs: number;
  /**
   * The first offset that was not read before it was decided to read again from `offset`; batches
   * from there on are left over until reading has gone back. Default: it is read for the first time.
   */
  readonly rereadBelow?: bigint;
}

/** How many events of a batch became what; `unreadable` ones are set aside by the aggregator. */
export type FoldTally = Readonly<Record<FoldedAs | 'unreadable', number>>;

export class WatchedPartition {
  readonly partition: number;
  /** Log time that it was read from. */
  readonly sinceMs: number;
  #assignedMs: number;
  #watermark: HighWatermark;
  readonly #windows: PartitionWindows;
  /** The terms by which each bot's events were counted. */
  readonly #terms = new Map<string, CountingTerms>();
  /** Of the message read last; 0: none. */
  #logTimeMs = 0;
  /** The offset behind that message. */
  #nextMessage = 0n;
  /** The moment that the log had come to with it. */
  #readToMs = 0;
  /** The latest moment of this process's clock known before the current watermark. */
  #latestMs: number;
  #rereadBelow: bigint | null;

  constructor(start: WatchedPartitionStart, shape: WindowShape) {
    this.partition = start.partition;
    this.sinceMs = start.sinceMs;
    this.#assignedMs = start.assignedMs;
    this.#latestMs = start.assignedMs;
    this.#watermark = new HighWatermark(start.offset);
    this.#rereadBelow = start.rereadBelow ?? null;
    this.#windows = new PartitionWindows(shape, start.sinceMs);
  }

  /** When this alerter got the partition. */
  get assignedMs(): number {
    return this.#assignedMs;
  }

  get watermark(): HighWatermark {
    return this.#watermark;
  }

  /** What was read last, and so the log that it was read from; null: nothing, or it is being read again. */
  get lastRead(): { readonly nextOffset: bigint; readonly logTimeMs: number } | null {
    if (this.#logTimeMs === 0 || this.#rereadBelow !== null) return null;
    return { nextOffset: this.#nextMessage, logTimeMs: this.#logTimeMs };
  }

  /**
   * It came back after a rebalance: reading goes on where it stopped. What was counted is a function of
   * the log alone, whoever held the partition meanwhile.
   */
  resume(assignedMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, this.watermark.knownToMs ?? 0);
    this.#assignedMs = assignedMs;
    this.#watermark = new HighWatermark(this.watermark.nextOffset);
  }

  /** The moment to judge as of, milliseconds since the epoch; null: not caught up yet. */
  get judgedAsOfMs(): number | null {
    const { knownToMs } = this.watermark;
    // The log's clock may be ahead of ours, and events beyond what is known are counted already.
    return knownToMs === null ? null : Math.max(knownToMs, this.#readToMs);
  }

  /**
   * Whether the clock was set back since: windows have slid to a time that has yet to come, and would
   * take for late what happens until then.
   */
  isAheadOf(nowMs: number): boolean {
    return wasSetBack(Math.max(this.#latestMs, this.watermark.knownToMs ?? 0), nowMs);
  }

  /** @param termsOf - of a bot as it is set now */
  fold(batch: LogBatch, termsOf: (botId: string) => CountingTerms, nowMs: number): FoldTally {
    if (this.#isLeftOver(batch)) return { counted: 0, duplicate: 0, late: 0, unreadable: 0 };
    const { events, unreadable } = readBatch(batch.messages, nowMs);
    const tally = { ...this.count(events, termsOf), unreadable: unreadable.length };
    const last = batch.messages.at(-1);
    if (last) {
      const logTimeMs = momentOfLog(last.timestampMs, nowMs);
      this.#readToMs = Math.max(this.#readToMs, logTimeMs);
      // A wrong time could not identify the log later.
      if (logTimeMs === last.timestampMs && logTimeMs >= this.#logTimeMs) {
        this.#logTimeMs = logTimeMs;
        this.#nextMessage = last.offset + 1n;
      }
    }
    this.watermark.reached(batch.nextOffset);
    return tally;
  }

  /** Counts events of the partition, in the order of the log. */
  count(
    events: readonly LoggedEvent[],
    termsOf: (botId: string) => CountingTerms,
  ): Record<FoldedAs, number> {
    const tally = { counted: 0, duplicate: 0, late: 0 };
    for (const logged of events) {
      const botId = logged.event.bot_id;
      let terms = this.#terms.get(botId);
      if (terms === undefined) {
        terms = termsOf(botId);
        this.#terms.set(botId, terms);
      }
      tally[this.#windows.fold(logged, terms)] += 1;
    }
    return tally;
  }

  #isLeftOver({ fromOffset }: LogBatch): boolean {
    if (this.#rereadBelow === null) return false;
    if (fromOffset >= this.#rereadBelow) return true;
    this.#rereadBelow = null;
    return false;
  }

  window(botId: string): BotWindow {
    return this.#windows.window(botId);
  }

  facts(botId: string, nowMs: number): WindowFacts {
    return this.window(botId).facts(nowMs);
  }

  /**
   * Whether what is counted of the bot serves what is set now; else the window has to be read again. A
   * limit that was set since knows nothing of the events before, and a bot that was enabled since is
   * not judged by them.
   */
  serves(botId: string, terms: CountingTerms, nowMs: number): boolean {
    const counted = this.#terms.get(botId);
    if (counted === undefined || isSame(counted, terms)) return true;
    const { events, measured } = this.facts(botId, nowMs);
    const isLimitMissed =
      terms.slowLimitMs !== null && terms.slowLimitMs !== counted.slowLimitMs && measured > 0;
    const isTooOld = events + measured > 0 && this.#windows.oldestMs(botId) < terms.sinceMs;
    if (isLimitMissed || isTooOld) return false;
    this.#terms.set(botId, terms);
    return true;
  }

  /** @param silentSinceMs - bots with later events are kept */
  forgetUnless(isKept: (botId: string) => boolean, silentSinceMs: number): void {
    this.#windows.forgetUnless(isKept, silentSinceMs);
    for (const botId of this.#terms.keys()) {
      if (!isKept(botId)) this.#terms.delete(botId);
    }
  }
}

function isSame(a: CountingTerms, b: CountingTerms): boolean {
  return a.slowLimitMs === b.slowLimitMs && a.sinceMs === b.sinceMs;
}
