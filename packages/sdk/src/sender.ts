/**
 * Sends what waits in the queue: soon after the first event or as soon as a batch is full, one request at
 * a time, and again with growing delays until Hookpulse answers.
 */
import type { EventQueue } from './event-queue.ts';
import type { Verdict } from './send-batch.ts';

export interface SenderOptions {
  readonly queue: EventQueue;
  /** Never throws. */
  send(batch: { readonly body: string; readonly count: number }): Promise<Verdict>;
  readonly flushIntervalMs: number;
  readonly batchEvents: number;
  /** Of 0 to 1. */
  random(): number;
  /** These many will never be counted. */
  onRejected(count: number, reason: string): void;
  /** Waiting alone does not help. */
  onProblem(problem: string): void;
}

/** In one request, when many wait. Hookpulse takes 1,000 events and 1 MiB. */
const MAX_EVENTS = 500;
/** Characters, of at most three bytes each. */
const MAX_BODY_LENGTH = 300_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

export class Sender {
  readonly #options: SenderOptions;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #underWay: Promise<void> | null = null;
  #failures = 0;
  #maxEvents = MAX_EVENTS;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** To be called when an event was added. */
  wake(): void {
    if (this.#underWay !== null) return;
    const isFull = this.#options.queue.length >= this.#options.batchEvents;
    if (isFull && this.#failures === 0) this.#start(0);
    else if (this.#timer === null) this.#start(this.#options.flushIntervalMs);
  }

  /** Sends at once. @returns whether Hookpulse took or rejected what waited */
  async sendNow(): Promise<boolean> {
    this.stop();
    await this.#underWay;
    const { queue } = this.#options;
    while (queue.length > 0) {
      this.stop();
      this.#underWay ??= this.#sendOnce();
      await this.#underWay;
      if (this.#failures > 0) return false;
    }
    return true;
  }

  /** Until it is woken again. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #start(delayMs: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#underWay ??= this.#sendOnce();
    }, delayMs);
    unref(this.#timer);
  }

  async #sendOnce(): Promise<void> {
    const { queue, send } = this.#options;
    const batch = queue.peek(this.#maxEvents, MAX_BODY_LENGTH);
    const verdict = batch.count === 0 ? null : await send(batch);
    this.#underWay = null;
    const delayMs = verdict ? this.#settle(verdict, batch.count) : 0;
    if (queue.length > 0) this.#start(delayMs);
  }

  /** @returns how long to wait before the next request */
  #settle(verdict: Verdict, count: number): number {
    const { queue, onRejected, onProblem, batchEvents, flushIntervalMs } = this.#options;
    switch (verdict.kind) {
      case 'settled':
        this.#failures = 0;
        this.#maxEvents = MAX_EVENTS;
        queue.remove(count);
        if (verdict.rejected > 0) onRejected(verdict.rejected, verdict.reason);
        return queue.length >= batchEvents ? 0 : flushIntervalMs;
      case 'foreign':
        this.#failures = 0;
        queue.drop(verdict.indexes);
        onRejected(verdict.indexes.length, verdict.reason);
        return 0;
      case 'too-large':
        if (count > 1) {
          this.#maxEvents = Math.ceil(count / 2);
        } else {
          queue.remove(count);
          onRejected(count, 'The event is too large.');
        }
        return 0;
      case 'again':
        if (verdict.problem !== null) onProblem(verdict.problem);
        this.#failures += 1;
        // 0, or a date that has passed, must not make a loop without a pause.
        return verdict.afterMs || this.#backoffMs();
      default:
        return verdict satisfies never;
    }
  }

  /** With jitter, so that bots do not all come back at once. */
  #backoffMs(): number {
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 1), MAX_DELAY_MS);
    return delayMs * (0.5 + this.#options.random() / 2);
  }
}

/** Node waits for timers before it exits, and must not wait for this one. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    if (typeof timer.unref === 'function') timer.unref();
  }
}
