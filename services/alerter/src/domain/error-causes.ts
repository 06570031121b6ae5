/** What the failures of one bot come down to in its sliding window: its largest groups of errors. */
import { type ErrorCause, QUIET_MS } from '@hookpulse/common/events/error-cause';
import { errorFingerprint } from '@hookpulse/common/events/error-fingerprint';
import { errorPattern } from '@hookpulse/common/events/error-pattern';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';

export type CausingEvent = Pick<WebhookEvent, 'error_type' | 'error_message' | 'update_type'>;

/** What an alert names. */
const MAX_CAUSES = 3;
/** A bot whose errors are all different keeps the memory of so many; of more the smallest goes. */
const MAX_GROUPS = 30;
/** Anything may be reported as a kind, and a transition stays small on the log: others are not known. */
const MAX_KINDS = 10;
const UNKNOWN_KIND = '';

/** By number of the minute since the epoch, how many. */
type Minutes = Map<number, number>;

interface Group {
  readonly errorType: string | null;
  /** What people wrote is not kept: alerts outlive the retention of events. Null: no message. */
  readonly pattern: string | null;
  /** Its kinds of updates, and the last minute that each was seen in. */
  readonly kinds: Map<string, number>;
  readonly minutes: Minutes;
  /** Since it was not quiet for `QUIET_MS`, milliseconds since the epoch. */
  sinceMs: number;
  lastMs: number;
}

export class ErrorCauses {
  readonly #windowMs: number;
  readonly #readFromMs: number;
  readonly #groups = new Map<string, Group>();
  readonly #failures: Minutes = new Map();

  /** @param readFromMs - what failed before was not read, milliseconds since the epoch */
  constructor(windowMs: number, readFromMs: number) {
    this.#windowMs = windowMs;
    this.#readFromMs = readFromMs;
  }

  /** One that holds the same, and goes its own way. */
  clone(): ErrorCauses {
    const clone = new ErrorCauses(this.#windowMs, this.#readFromMs);
    for (const [minute, count] of this.#failures) clone.#failures.set(minute, count);
    for (const [fingerprint, group] of this.#groups) {
      const own = { kinds: new Map(group.kinds), minutes: new Map(group.minutes) };
      clone.#groups.set(fingerprint, { ...group, ...own });
    }
    return clone;
  }

  /** @param timeMs - by which it is judged, milliseconds since the epoch */
  add(event: CausingEvent, timeMs: number): void {
    const minute = Math.floor(timeMs / MINUTE_MS);
    if (!this.#failures.has(minute)) this.#forget(timeMs);
    increment(this.#failures, minute);
    const fingerprint = errorFingerprint(event);
    const group = this.#groups.get(fingerprint) ?? this.#opened(fingerprint, event, timeMs);
    if (timeMs > group.lastMs + QUIET_MS) group.sinceMs = timeMs;
    else group.sinceMs = Math.min(group.sinceMs, Math.max(timeMs, group.sinceMs - QUIET_MS));
    group.lastMs = Math.max(group.lastMs, timeMs);
    increment(group.minutes, minute);
    noteKind(group.kinds, event.update_type ?? UNKNOWN_KIND, minute);
  }

  /** The largest first. @param nowMs - where the window ends, milliseconds since the epoch */
  causes(nowMs: number): readonly ErrorCause[] {
    const firstMinute = Math.floor((nowMs - this.#windowMs) / MINUTE_MS);
    return [...this.#groups]
      .map(([fingerprint, group]) => ({
        fingerprint,
        group,
        count: since(group.minutes, firstMinute),
      }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1))
      .slice(0, MAX_CAUSES)
      .map(({ fingerprint, group, count }) => {
        const from = Math.max(firstMinute, Math.floor(group.sinceMs / MINUTE_MS));
        return {
          fingerprint,
          error_type: group.errorType,
          error_message: group.pattern,
          count,
          failures: Math.max(count, since(this.#failures, from)),
          // Without a quiet time before it, it may have begun earlier than was read.
          since: group.sinceMs - this.#readFromMs < QUIET_MS ? null : iso(group.sinceMs),
          update_types: kindsSince(group.kinds, firstMinute),
        };
      });
  }

  #opened(fingerprint: string, event: CausingEvent, timeMs: number): Group {
    const group: Group = {
      errorType: event.error_type,
      pattern: errorPattern(event.error_message) || null,
      kinds: new Map(),
      minutes: new Map(),
      sinceMs: timeMs,
      lastMs: timeMs,
    };
    if (this.#groups.size >= MAX_GROUPS) this.#dropSmallest();
    this.#groups.set(fingerprint, group);
    return group;
  }

  #dropSmallest(): void {
    let smallest: string | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [fingerprint, { minutes }] of this.#groups) {
      const count = since(minutes, Number.NEGATIVE_INFINITY);
      if (count < fewest) [smallest, fewest] = [fingerprint, count];
    }
    if (smallest !== null) this.#groups.delete(smallest);
  }

  /** What has left the window, once a minute. */
  #forget(nowMs: number): void {
    const firstMinute = Math.floor((nowMs - this.#windowMs) / MINUTE_MS);
    drop(this.#failures, firstMinute);
    for (const [fingerprint, { minutes, kinds }] of this.#groups) {
      drop(minutes, firstMinute);
      for (const [kind, minute] of kinds) if (minute < firstMinute) kinds.delete(kind);
      if (minutes.size === 0) this.#groups.delete(fingerprint);
    }
  }
}

function noteKind(kinds: Group['kinds'], kind: string, minute: number): void {
  const noted = kinds.has(kind) || kinds.size < MAX_KINDS ? kind : UNKNOWN_KIND;
  kinds.set(noted, Math.max(minute, kinds.get(noted) ?? minute));
}

/** Sorted; empty: not all are known. */
function kindsSince(kinds: Group['kinds'], firstMinute: number): string[] {
  const seen = [...kinds].filter(([, minute]) => minute >= firstMinute).map(([kind]) => kind);
  return seen.includes(UNKNOWN_KIND) ? [] : seen.toSorted();
}

function increment(minutes: Minutes, minute: number): void {
  minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
}

function since(minutes: Minutes, first: number): number {
  let sum = 0;
  for (const [minute, count] of minutes) if (minute >= first) sum += count;
  return sum;
}

function drop(minutes: Minutes, before: number): void {
  for (const minute of minutes.keys()) if (minute < before) minutes.delete(minute);
}
