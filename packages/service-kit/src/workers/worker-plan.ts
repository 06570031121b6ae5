/**
 * Plans the workers of a service: which to start, how long to wait before one that ended is
 * started again, and when to give up. Pure.
 *
 * While none is ready, one leads: it keeps the port with a waiting room, as a service of one process
 * does, and says why it cannot start. All others listen only once they can do their work. It gives the
 * waiting room up when one of them listens: Node forgets a connection that is being handed over while
 * nobody listens any more, and its sender would wait in vain.
 */

export interface WorkerStart {
  /** From 1; the worker that takes the place of another has the same. */
  readonly number: number;
  readonly leads: boolean;
}

/** How a process ended. */
export interface WorkerExit {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type Verdict =
  | { readonly kind: 'restart'; readonly pauseMs: number }
  /** As a service of one process would end. */
  | { readonly kind: 'give up' };

interface Place {
  state: 'empty' | 'resting' | 'starting' | 'leading' | 'prepared' | 'ready';
  readySinceMs: number;
  /** Ends in a row, each before the worker had been ready for long. */
  failures: number;
}

const FIRST_PAUSE_MS = 250;
/** So that a cause that lasts does not fill the log, and work goes on soon after its end. */
const LONGEST_PAUSE_MS = 30_000;
/** A worker that has been ready for so long had no fault of its start. */
const STEADY_AFTER_MS = 10_000;
/** Of one place, while no other worker is ready: eight seconds of pauses. */
const MAX_FAILURES = 6;

export class WorkerPlan {
  readonly #places: readonly Place[];

  constructor(count: number) {
    this.#places = Array.from({ length: count }, () => ({
      state: 'empty',
      readySinceMs: 0,
      failures: 0,
    }));
  }

  /** Which are ready. */
  get readyCount(): number {
    return this.#places.filter(({ state }) => state === 'ready').length;
  }

  /** What is to be started now; it counts as started. */
  takeStarts(): readonly WorkerStart[] {
    const empty = this.#places.flatMap((place, index) =>
      place.state === 'empty' ? [{ place, number: index + 1 }] : [],
    );
    const leads = this.readyCount === 0 && !this.#isAny('prepared');
    if (leads && this.#isAny('leading')) return [];
    const due = leads ? empty.slice(0, 1) : empty;
    return due.map(({ place, number }) => {
      place.state = leads ? 'leading' : 'starting';
      return { number, leads };
    });
  }

  /** The worker that leads could do its work: now others may start. */
  prepared(number: number): void {
    this.#place(number).state = 'prepared';
  }

  /** The worker that may give its waiting room up now; null: none. */
  get relieved(): number | null {
    if (this.readyCount === 0) return null;
    const index = this.#places.findIndex(({ state }) => state === 'prepared');
    return index === -1 ? null : index + 1;
  }

  /** A worker does its work. */
  ready(number: number, nowMs: number): void {
    const place = this.#place(number);
    place.state = 'ready';
    place.readySinceMs = nowMs;
  }

  /** A worker ended though nobody asked the service to stop. */
  ended(number: number, { code }: WorkerExit, nowMs: number): Verdict {
    const place = this.#place(number);
    const { state, readySinceMs } = place;
    const wasSteady = state === 'ready' && nowMs - readySinceMs >= STEADY_AFTER_MS;
    place.state = 'resting';
    if (code === 0) {
      // Somebody asked this worker alone to stop.
      place.failures = 0;
      return { kind: 'restart', pauseMs: 0 };
    }
    place.failures = wasSteady ? 1 : place.failures + 1;
    const saidWhy = (state === 'leading' || state === 'prepared') && code === 1;
    if (this.readyCount === 0 && (saidWhy || place.failures >= MAX_FAILURES)) {
      return { kind: 'give up' };
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (place.failures - 1), LONGEST_PAUSE_MS);
    return { kind: 'restart', pauseMs };
  }

  /** The pause of a worker is over. */
  rested(number: number): void {
    this.#place(number).state = 'empty';
  }

  #isAny(state: Place['state']): boolean {
    return this.#places.some((place) => place.state === state);
  }

  #place(number: number): Place {
    const place = this.#places[number - 1];
    if (!place) throw new RangeError(`there is no worker ${number}`);
    return place;
  }
}
