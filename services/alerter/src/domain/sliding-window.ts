/**
 * One bot's sliding window by event time: a ring of slices, and their sums. What enters adds to the
 * sums, what leaves is taken off them, so that judging costs nothing, however long the window is.
 * Memory is the same for a bot with one event and with a million: a byte a number, and two or four
 * for a bot that has ever had more than 255 or 65,535 of a kind within a slice.
 */

import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import type { ErrorCause } from '@hookpulse/common/events/error-cause';
import { INVALID_SIGNATURE, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { eventsOf } from '@hookpulse/common/windows/counters';
import { firstSlice, type WindowShape } from './window-shape.ts';

/** The numbers of a slice, by their place in it. */
const RECEIVED = 0;
const PROCESSED = 1;
const FAILED = 2;
const SIGNATURE_FAILURES = 3;
const MEASURED = 4;
const SLOW = 5;
const NUMBERS = 6;

type Slices = Uint8Array | Uint16Array | Uint32Array;

/** A place in what is counted of a bot, from which it can be asked for more than the window holds. */
export interface WindowMark {
  /** Of the window that it is a place in. */
  readonly window: object;
  /** What had been counted before. */
  readonly before: Readonly<Float64Array>;
  /** When that ended, milliseconds since the epoch. */
  readonly fromMs: number;
}

/** What is counted of a bot, as it is judged. */
export interface BotWindow {
  /** What the window holds as of a moment; a moment before the latest one is taken for that. */
  facts(nowMs: number): WindowFacts;
  /** The place at which the window begins. */
  mark(nowMs: number): WindowMark;
  /** All that was counted since; null: the mark is of another window, or one that was read again. */
  factsSince(mark: WindowMark, nowMs: number): WindowFacts | null;
  /** What its failures come down to, the largest first; absent: that is not kept. */
  causes?(nowMs: number): readonly ErrorCause[];
}

export type SlidingEvent = Pick<
  WebhookEvent,
  'event_type' | 'status' | 'error_type' | 'processing_time_ms'
>;

export class SlidingWindow implements BotWindow {
  readonly #shape: WindowShape;
  #slices: Slices;
  readonly #sums = new Float64Array(NUMBERS);
  /** Sums of all that was ever counted. */
  readonly #totals = new Float64Array(NUMBERS);
  /** Number of the oldest slice in the ring. */
  #first = Number.NEGATIVE_INFINITY;
  #lastEventMs: number | null = null;

  constructor(shape: WindowShape) {
    this.#shape = shape;
    this.#slices = new Uint8Array(shape.slots * NUMBERS);
  }

  /** Latest time of a request or its processing, milliseconds since the epoch; null: none yet. */
  get lastEventMs(): number | null {
    return this.#lastEventMs;
  }

  /**
   * Counts an event in its own slice.
   * @param nowMs - the moment that the log has come to; it never goes back
   * @param slowLimitMs - a processing time above it is slow; null: none is
   * @returns false when the event is older than the window, and counts nowhere
   */
  add(
    event: SlidingEvent,
    eventTimeMs: number,
    nowMs: number,
    slowLimitMs: number | null,
  ): boolean {
    this.#slideTo(nowMs);
    if (isRequest(event)) {
      // No event is younger than the log that holds it, whatever its sender's clock says.
      const happenedMs = Math.min(eventTimeMs, nowMs);
      this.#lastEventMs = Math.max(this.#lastEventMs ?? happenedMs, happenedMs);
    }
    const { sliceMs, slots } = this.#shape;
    const slice = Math.min(Math.floor(eventTimeMs / sliceMs), this.#first + slots - 1);
    if (slice < this.#first) return false;
    this.#count(event, this.#at(slice), slowLimitMs);
    return true;
  }

  facts(nowMs: number): WindowFacts {
    this.#slideTo(nowMs);
    return factsOf(this.#sums, this.#lastEventMs);
  }

  mark(nowMs: number): WindowMark {
    this.#slideTo(nowMs);
    const before = this.#totals.map((total, number) => total - (this.#sums[number] ?? 0));
    return { window: this, before, fromMs: nowMs - this.#shape.windowMs };
  }

  factsSince({ window, before }: WindowMark): WindowFacts | null {
    if (window !== this) return null;
    const since = this.#totals.map((total, number) => total - (before[number] ?? 0));
    return factsOf(since, this.#lastEventMs);
  }

  /** One that holds the same, and goes its own way. */
  clone(): SlidingWindow {
    const clone = new SlidingWindow(this.#shape);
    clone.#slices = this.#slices.slice();
    clone.#sums.set(this.#sums);
    clone.#totals.set(this.#totals);
    clone.#first = this.#first;
    clone.#lastEventMs = this.#lastEventMs;
    return clone;
  }

  /** The counting of the contract's section 4. */
  #count(event: SlidingEvent, at: number, slowLimitMs: number | null): void {
    switch (event.event_type) {
      case 'received':
        this.#increment(at + RECEIVED, RECEIVED);
        if (event.status !== 'failed') return;
        this.#increment(at + FAILED, FAILED);
        if (event.error_type === INVALID_SIGNATURE) {
          this.#increment(at + SIGNATURE_FAILURES, SIGNATURE_FAILURES);
        }
        return;
      case 'processed':
        this.#increment(at + PROCESSED, PROCESSED);
        this.#measure(event, at, slowLimitMs);
        return;
      case 'error':
        this.#increment(at + FAILED, FAILED);
        this.#measure(event, at, slowLimitMs);
        return;
      case 'response_sent':
      case 'retry':
        return;
      default:
        event.event_type satisfies never;
    }
  }

  #measure({ processing_time_ms: ms }: SlidingEvent, at: number, limitMs: number | null): void {
    if (ms === null) return;
    this.#increment(at + MEASURED, MEASURED);
    if (limitMs !== null && ms > limitMs) this.#increment(at + SLOW, SLOW);
  }

  #increment(at: number, number: number): void {
    const count = (this.#slices[at] ?? 0) + 1;
    this.#slices[at] = count;
    if (this.#slices[at] !== count) {
      this.#slices = widened(this.#slices, at, count);
    }
    this.#sums[number] = (this.#sums[number] ?? 0) + 1;
    this.#totals[number] = (this.#totals[number] ?? 0) + 1;
  }

  #slideTo(nowMs: number): void {
    const first = firstSlice(this.#shape, nowMs);
    if (first <= this.#first) return;
    const { slots } = this.#shape;
    if (first - this.#first >= slots) {
      this.#slices.fill(0);
      this.#sums.fill(0);
    } else {
      for (let slice = this.#first; slice < first; slice += 1) this.#drop(this.#at(slice));
    }
    this.#first = first;
  }

  #drop(at: number): void {
    for (let number = 0; number < NUMBERS; number += 1) {
      this.#sums[number] = (this.#sums[number] ?? 0) - (this.#slices[at + number] ?? 0);
      this.#slices[at + number] = 0;
    }
  }

  #at(slice: number): number {
    return (slice % this.#shape.slots) * NUMBERS;
  }
}

function factsOf(numbers: Readonly<Float64Array>, lastEventMs: number | null): WindowFacts {
  return {
    events: eventsOf({
      requests_received: numbers[RECEIVED] ?? 0,
      requests_processed: numbers[PROCESSED] ?? 0,
      requests_failed: numbers[FAILED] ?? 0,
    }),
    errors: numbers[FAILED] ?? 0,
    signatureFailures: numbers[SIGNATURE_FAILURES] ?? 0,
    measured: numbers[MEASURED] ?? 0,
    slow: numbers[SLOW] ?? 0,
    lastEventMs,
  };
}

/** The same numbers with more room each, and the one for which there was none. */
function widened(slices: Slices, at: number, count: number): Slices {
  slices[at] = count - 1; // it had wrapped around
  const wider = slices instanceof Uint8Array ? new Uint16Array(slices) : new Uint32Array(slices);
  wider[at] = count;
  return wider;
}

/** What the contract's `events` is made of. */
function isRequest({ event_type: type }: SlidingEvent): boolean {
  return type === 'received' || type === 'processed' || type === 'error';
}
