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

/** What is counted by one of the two times, and what its failures come down to. */
interface Counted {
  readonly window: SlidingWindow;
  /** Null: nothing has failed. */
  causes: ErrorCauses | null;
}

/** What reports that come late might mean. */
interface Suspicion {
  readonly byLogTime: Counted;
  readonly clocks: ReportClocks;
}

export class JudgedWindow implements BotWindow {
  readonly #shape: WindowShape;
  readonly #readFromMs: number;
  readonly #byTimestamp: Counted;
  #suspicion: Suspicion | null = null;
  #oldestMs = Number.POSITIVE_INFINITY;
  /** Log time of the latest report that came late; null: none did. */
  #lateMs: number | null = null;

  /** @param readFromMs - what happened before was not read, milliseconds since the epoch */
  constructor(shape: WindowShape, readFromMs: number) {
    this.#shape = shape;
    this.#readFromMs = readFromMs;
    this.#byTimestamp = { window: new SlidingWindow(shape), causes: null };
  }

  get lastEventMs(): number | null {
    const lastMs = this.#byTimestamp.window.lastEventMs;
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
    const count = (counted: Counted, timeMs: number) => {
      if (timeMs < sinceMs || !counted.window.add(event, timeMs, atMs, slowLimitMs)) return false;
      this.#oldestMs = Math.min(this.#oldestMs, timeMs);
      if (isFailure(event)) {
        counted.causes ??= new ErrorCauses(this.#shape.windowMs, this.#readFromMs);
        counted.causes.add(event, timeMs);
      }
      return true;
    };
    const isCounted = count(this.#byTimestamp, eventTimeMs);
    if (suspicion === null) return isCounted;
    const isCountedByLogTime = count(suspicion.byLogTime, byLogTimeMs);
    return suspicion.clocks.isSlow(atMs) ? isCountedByLogTime : isCounted;
  }

  /** While reports come late the bot is not silent, whatever their timestamps say. */
  facts(nowMs: number): WindowFacts {
    const facts = this.#judged(nowMs).window.facts(nowMs);
    if (this.#lateMs === null || this.#lateMs <= (facts.lastEventMs ?? 0)) return facts;
    return { ...facts, lastEventMs: this.#lateMs };
  }

  mark(nowMs: number): WindowMark {
    return this.#judged(nowMs).window.mark(nowMs);
  }

  factsSince(mark: WindowMark, nowMs: number): WindowFacts | null {
    return this.#judged(nowMs).window.factsSince(mark);
  }

  causes(nowMs: number): readonly ErrorCause[] {
    return this.#judged(nowMs).causes?.causes(nowMs) ?? [];
  }

  #judged(nowMs: number): Counted {
    const suspicion = this.#suspicionAt(nowMs, false);
    return suspicion?.clocks.isSlow(nowMs) ? suspicion.byLogTime : this.#byTimestamp;
  }

  #suspicionAt(nowMs: number, isLate: boolean): Suspicion | null {
    if (!isLate && this.#suspicion?.clocks.isForgotten(nowMs)) this.#suspicion = null;
    if (isLate) {
      const { window, causes } = this.#byTimestamp;
      this.#suspicion ??= {
        byLogTime: { window: window.clone(), causes: causes?.clone() ?? null },
        clocks: new ReportClocks(this.#shape.windowMs),
      };
    }
    return this.#suspicion;
  }
}

function isWork({ event_type: type }: SlidingEvent): boolean {
  return type === 'processed' || type === 'error';
}
