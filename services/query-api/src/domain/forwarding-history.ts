/** How the backlog of each bot went within the last hour: what changed, a minute at a time. */
import type { ForwardingHistory } from '@hookpulse/api/forwarding-view';
import { MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';

/** What the forwarder said. */
export interface BacklogFacts {
  readonly backlog: number;
  /** Milliseconds since the epoch; null: nothing waits. */
  readonly oldestMs: number | null;
}

interface Sample extends BacklogFacts {
  readonly atMs: number;
}

const POINTS = 60;
const INTERVAL_MS = MINUTE_MS;

export class BacklogHistory {
  readonly #samples = new Map<string, Sample[]>();

  /** The newest of a minute stands for it, so that a bot takes a few kilobytes at most. */
  note(botId: string, facts: BacklogFacts, nowMs: number): void {
    const samples = this.#samples.get(botId) ?? [];
    const last = samples.at(-1);
    if (last && minuteOf(last.atMs) === minuteOf(nowMs)) samples.pop();
    samples.push({ ...facts, atMs: nowMs });
    // One from before the first point says what was in force there.
    while (samples.length > 1 && (samples[1]?.atMs ?? nowMs) < startMs(nowMs)) samples.shift();
    this.#samples.set(botId, samples);
  }

  forget(botId: string): void {
    this.#samples.delete(botId);
  }

  /** A point for each minute, the last one for now; null: nothing was known then. */
  of(botId: string, nowMs: number): ForwardingHistory['points'] {
    const samples = this.#samples.get(botId) ?? [];
    return Array.from({ length: POINTS }, (_, index) => {
      const atMs = startMs(nowMs) + (index + 1) * INTERVAL_MS;
      const shownMs = Math.min(atMs, nowMs);
      const known = samples.findLast((sample) => sample.atMs <= shownMs);
      if (!known) return { at: iso(shownMs), backlog: null, oldest_age_seconds: null };
      const { backlog, oldestMs } = known;
      const ageMs = oldestMs === null ? 0 : Math.max(0, shownMs - oldestMs);
      return { at: iso(shownMs), backlog, oldest_age_seconds: Math.round(ageMs / SECOND_MS) };
    });
  }
}

function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / INTERVAL_MS);
}

/** Where the first point's minute begins. */
function startMs(nowMs: number): number {
  return (Math.ceil(nowMs / INTERVAL_MS) - POINTS) * INTERVAL_MS;
}
