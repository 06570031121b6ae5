/**
 * The window that a bot is judged by: by the timestamps of its events, and by the log's time where
 * those are of a slow clock. Which of the two it is shows only after some reports, so both are kept as
 * long as reports come late.
 */

import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import type { ErrorCause } from '@hookpulse/common/events/error-cause';
import { isFailure } from '@hookpulse/common/events/error-fingerprint';
import { SLOW_CLOCK_MS } from '@hookpulse/common/events/slow-clock';
import { type CausingEvent, ErrorCauses } from './error-causes.ts';
import { ReportClocks } from './report-clocks.ts';
import {
  type BotWindow,
  type SlidingEvent,
  SlidingWindow,
  type WindowMark,
} from './sliding-window.ts';
import type { WindowShape } from './window-shape.ts';

/** What a bot's events are counted by. */
export interface CountingTerms {
  /** A processing time above it is slow, milliseconds; null: none is. */
  readonly slowLimitMs: number | null;
  /** What happened before does not count, milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What reports that come late might mean. */
interface Suspicion {
  readonly byLogTime: SlidingWindow;
  readonly clocks: ReportClocks;
}

export class JudgedWindow implements BotWindow {
  readonly #shape: WindowShape;
  readonly #byTimestamp: SlidingWindow;
  /** Null: nothing has failed. */
  #causes: ErrorCauses | null = null;
  #suspicion: Suspicion | null = null;
  #oldestMs = Number.POSITIVE_INFINITY;
  /** Log time of the latest report that came late; null: none did. */
  #lateMs: number | null = null;

  constructor(shape: WindowShape) {
    this.#shape = shape;
    this.#byTimestamp = new SlidingWindow(shape);
  }

  get lastEventMs(): number | null {
    const lastMs = this.#byTimestamp.lastEventMs;
    return this.#lateMs === null ? lastMs : Math.max(lastMs ?? 0, this.#lateMs);
  }

  /** Earliest time of an event that was ever counted, milliseconds since the epoch. */
  get oldestMs(): number {
    return this.#oldestMs;
  }

  /**
   * @param atMs - the moment that the log has come to with the event
   * @returns false when it is older than the window, or than what counts
   */
  add(
    event: SlidingEvent & CausingEvent,
    eventTimeMs: number,
    atMs: number,
    { slowLimitMs, sinceMs }: CountingTerms,
  ): boolean {
    if (atMs < sinceMs) return false;
    const latenessMs = atMs - eventTimeMs;
    const isLate = event.event_type !== 'received' && latenessMs >= SLOW_CLOCK_MS;
    const suspicion = this.#suspicionAt(atMs, isLate);
    if (isLate) {
      suspicion?.clocks.note(latenessMs, atMs);
      if (isWork(event)) this.#lateMs = Math.max(this.#lateMs ?? atMs, atMs);
    }
    const byLogTimeMs = isLate ? atMs : eventTimeMs;
    const count = (window: SlidingWindow, timeMs: number) => {
      if (timeMs < sinceMs || !window.add(event, timeMs, atMs, slowLimitMs)) return false;
      this.#oldestMs = Math.min(this.#oldestMs, timeMs);
      return true;
    };
    const isCounted = count(this.#byTimestamp, eventTimeMs);
    const oldestMs = Math.max(sinceMs, atMs - this.#shape.windowMs);
    if (isFailure(event) && byLogTimeMs >= oldestMs) {
      this.#causes ??= new ErrorCauses(this.#shape.windowMs);
      this.#causes.add(event, byLogTimeMs);
    }
    if (suspicion === null) return isCounted;
    const isCountedByLogTime = count(suspicion.byLogTime, byLogTimeMs);
    return suspicion.clocks.isSlow(atMs) ? isCountedByLogTime : isCounted;
  }

  /** While reports come late the bot is not silent, whatever their timestamps say. */
  facts(nowMs: number): WindowFacts {
    const facts = this.#judged(nowMs).facts(nowMs);
    if (this.#lateMs === null || this.#lateMs <= (facts.lastEventMs ?? 0)) return facts;
    return { ...facts, lastEventMs: this.#lateMs };
  }

  mark(nowMs: number): WindowMark {
    return this.#judged(nowMs).mark(nowMs);
  }

  factsSince(mark: WindowMark, nowMs: number): WindowFacts | null {
    return this.#judged(nowMs).factsSince(mark);
  }

  causes(nowMs: number): readonly ErrorCause[] {
    return this.#causes?.causes(nowMs) ?? [];
  }

  #judged(nowMs: number): SlidingWindow {
    const suspicion = this.#suspicionAt(nowMs, false);
    return suspicion?.clocks.isSlow(nowMs) ? suspicion.byLogTime : this.#byTimestamp;
  }

  #suspicionAt(nowMs: number, isLate: boolean): Suspicion | null {
    if (!isLate && this.#suspicion?.clocks.isForgotten(nowMs)) this.#suspicion = null;
    if (isLate) {
      this.#suspicion ??= {
        byLogTime: this.#byTimestamp.clone(),
        clocks: new ReportClocks(this.#shape.windowMs),
      };
    }
    return this.#suspicion;
  }
}

function isWork({ event_type: type }: SlidingEvent): boolean {
  return type === 'processed' || type === 'error';
}
