/**
 * Schedules the updates of one bot in one partition: which are held, which may be sent now, and how far
 * the bot has come. Everything it decides follows from its calls; the time is an argument.
 *
 * It holds a bounded window of the bot's updates, in the order of the log. When the window is full, the
 * lane lags: it takes nothing more, and says from which offset on it has to be read again. So a bot that
 * is away costs a few updates of memory, and its backlog stays on the log.
 */
import type { ForwardOrder } from '@hookpulse/common/bots/forwarding';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import type { ForwardedUpdate } from './read-update.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface LaneSettings {
  readonly maxConnections: number;
  readonly order: ForwardOrder;
  readonly isPaused: boolean;
}

/** An update to hand to the bot, or to give up. */
export interface Task {
  readonly kind: 'send' | 'expire';
  readonly update: ForwardedUpdate;
  /** For `send`: the number of this attempt, from 1; for `expire`: of the attempts made. */
  readonly attempt: number;
  readonly lastFailure: string | null;
}

/** How far a bot has come in a partition, as the log keeps it. */
export interface LaneProgress {
  /** Everything of the bot below this offset is done. */
  readonly next: bigint;
  /** Done above it. */
  readonly done: readonly bigint[];
  /**
   * Failed attempts whose reports are durable, by offset; only of updates that have one. These updates are
   * in the window of the oldest open updates, so its size bounds their number.
   */
  readonly attempts: ReadonlyMap<bigint, number>;
}

/** A failed attempt of an update: its number, from 1. */
export type FailedAttempts = ReadonlyMap<bigint, number>;

export type LaneState = 'delivering' | 'failing' | 'paused';

interface Held {
  readonly update: ForwardedUpdate;
  readonly queue: string;
  attempts: number;
  /** Attempts whose failure makes the next pause longer: those after which the bot asked for no time of its own. */
  backoffs: number;
  /** Attempts that failed, and whose reports are durable. */
  storedAttempts: number;
  /** No attempt before. */
  notBeforeMs: number;
  /** By the bot's own wish, which the end of an outage does not shorten. */
  isAskedToWait: boolean;
  lastFailure: string | null;
  state: 'waiting' | 'sending' | 'settling';
  /** Whether it takes up a connection. */
  isUnderWay: boolean;
}

/** A bot that had no success for so long is down, and is probed by one connection. */
const DOWN_AFTER_MS = 10 * SECOND_MS;
/** Shortest time between two probes, as Telegram has it. */
const PROBE_PAUSE_MS = 2 * SECOND_MS;
/** By less a clock is slewed all the time. */
const SET_BACK_MS = SECOND_MS;
/** As many connections as Telegram opens at once to a bot that it does not know yet. */
const FIRST_CONNECTIONS = 10;
/** Telegram loads twice as many updates as it may have connections. */
const WINDOW_PER_CONNECTION = 2;
/**
 * Of a bot that lags and takes its updates. Each turn of the reader to the past costs as much as a fetch, so
 * it has to be worth while: half of this is read while the other half is sent.
 */
export const CATCH_UP_WINDOW = 500;
/** Of a bot that is down. */
const DOWN_WINDOW = 8;
const MAX_WINDOW_BYTES = 1024 * 1024;
/**
 * Updates done behind one that is not, as where one queue fails for long. Each publish of outcomes names all
 * of them, and has to stay far below what the log takes as one message.
 */
export const MAX_DONE_AHEAD = 4_000;

/** What several lanes hold together; each lane keeps it up to date. */
export interface SharedBytes {
  bytes: number;
}

export class BotLane {
  readonly #held = new Map<bigint, Held>();
  /** Waiting lines, each in the order of the log. */
  readonly #queues = new Map<string, Held[]>();
  readonly #done = new Set<bigint>();
  /** Of an earlier owner, for updates that were not read again yet. */
  readonly #earlierAttempts: Map<bigint, number>;
  readonly #random: () => number;
  #settings: LaneSettings;
  #shared: SharedBytes;
  #bytes = 0;
  #sending = 0;
  #connections: number;
  /** Where to read on; null: it follows the live reader. */
  #readNext: bigint | null;
  /** Everything below is done, whatever the window holds. */
  #doneBelow: bigint;
  /** Updates known to wait on the log and not here. */
  #missed: number;
  /** Whether the last answer was a success. */
  #isTaking = false;
  #failingSinceMs: number | null = null;
  /** As it was last asked: what is dropped then must not be read again until the bot is back. */
  #wasDown = false;
  #probeAtMs = 0;
  #lastFailure: { readonly atMs: number; readonly reason: string } | null = null;
  /** When it was last asked for what to send. */
  #askedMs = 0;

  /**
   * @param progress - where an earlier owner came to
   * @param readNext - where to read on, when that is behind the live reader; null: it is not
   * @param missed - updates known to wait between there and the live reader
   * @param random - 0 to 1, for the jitter of retries
   * @param shared - counts what it holds, until `leave`
   */
  constructor(
    settings: LaneSettings,
    progress: LaneProgress,
    readNext: bigint | null,
    missed: number,
    random: () => number,
    shared: SharedBytes = { bytes: 0 },
  ) {
    this.#settings = settings;
    this.#shared = shared;
    this.#doneBelow = progress.next;
    this.#done = new Set(progress.done);
    this.#earlierAttempts = new Map(progress.attempts);
    this.#readNext = readNext;
    this.#missed = missed;
    this.#random = random;
    this.#connections = Math.min(FIRST_CONNECTIONS, settings.maxConnections);
  }

  configure(settings: LaneSettings): void {
    this.#settings = settings;
    this.#connections = Math.min(this.#connections, settings.maxConnections);
  }

  /** Updates in memory. */
  get heldCount(): number {
    return this.#held.size;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  /** What it holds is counted with that of others no more. */
  leave(): void {
    this.#shared.bytes -= this.#bytes;
    this.#shared = { bytes: this.#bytes };
  }

  /** Updates known to wait on the log and not in memory. */
  get missedCount(): number {
    return this.#missed;
  }

  get inFlight(): number {
    return this.#sending;
  }

  /** Log time of the oldest update that is not done and held; null: none is. */
  get oldestLogTimeMs(): number | null {
    const [oldest] = this.#held.values();
    return oldest?.update.logTimeMs ?? null;
  }

  get lowestHeld(): bigint | null {
    const [lowest] = this.#held.keys();
    return lowest ?? null;
  }

  /** Offset from which the bot has to be read again; null: it follows the live reader. */
  get readNext(): bigint | null {
    return this.#readNext;
  }

  get lastFailure(): { readonly atMs: number; readonly reason: string } | null {
    return this.#lastFailure;
  }

  /** Whether reading on for it is worth while. */
  get hasRoom(): boolean {
    return (
      !this.#settings.isPaused &&
      this.#held.size <= this.#capacity() / 2 &&
      this.#bytes <= MAX_WINDOW_BYTES / 2 &&
      this.#done.size < MAX_DONE_AHEAD
    );
  }

  state(nowMs: number): LaneState {
    if (this.#settings.isPaused) return 'paused';
    return this.#failingSinceMs !== null && this.#isDown(nowMs) ? 'failing' : 'delivering';
  }

  /**
   * Takes an update that follows on all that it was offered before; false: the window is full, and it
   * lags from this update on.
   * @param mayTake - false: memory is short, so that only an empty window takes one
   */
  take(update: ForwardedUpdate, mayTake = true): boolean {
    const { offset } = update;
    if (this.isDone(offset) || this.#held.has(offset)) return true;
    const isFull =
      this.#held.size >= this.#capacity() ||
      this.#bytes >= MAX_WINDOW_BYTES ||
      this.#done.size >= MAX_DONE_AHEAD;
    if (this.#held.size > 0 && (isFull || !mayTake)) {
      this.#readNext = offset;
      return false;
    }
    const attempts = this.#earlierAttempts.get(offset) ?? 0;
    this.#earlierAttempts.delete(offset);
    const isOrdered = this.#settings.order === 'chat' && update.queue !== null;
    const held: Held = {
      update,
      queue: isOrdered ? String(update.queue) : `#${offset}`,
      attempts,
      backoffs: attempts,
      storedAttempts: attempts,
      notBeforeMs: 0,
      isAskedToWait: false,
      lastFailure: null,
      state: 'waiting',
      isUnderWay: false,
    };
    if (this.#readNext !== null && this.#missed > 0) this.#missed -= 1;
    this.#held.set(offset, held);
    this.#count(update.body.length);
    const queue = this.#queues.get(held.queue);
    if (queue) queue.push(held);
    else this.#queues.set(held.queue, [held]);
    return true;
  }

  isDone(offset: bigint): boolean {
    return offset < this.#doneBelow || this.#done.has(offset);
  }

  /** Has been read up to this offset. */
  readUpTo(offset: bigint): void {
    if (this.#readNext !== null && this.#readNext < offset) this.#readNext = offset;
  }

  /** The live reader came by an update that it cannot take now. */
  passOver(): void {
    this.#missed += 1;
  }

  /** Has come up to the live reader, and follows it. */
  joinLive(): void {
    this.#readNext = null;
    this.#missed = 0;
  }

  /** The updates to send now. An answered update counts as under way until its outcome is recorded. */
  next(nowMs: number): Task[] {
    this.#followClock(nowMs);
    if (this.#settings.isPaused) return [];
    this.#shrinkIfDown(nowMs);
    const tasks: Task[] = [];
    for (const [head] of this.#queues.values()) {
      if (head?.state !== 'waiting') continue;
      if (nowMs >= head.update.expiresAtMs) {
        head.state = 'settling';
        tasks.push(taskOf('expire', head));
        continue;
      }
      if (nowMs < head.notBeforeMs || this.#sending >= this.#limit(nowMs)) continue;
      head.state = 'sending';
      head.attempts += 1;
      head.isUnderWay = true;
      this.#sending += 1;
      if (this.#isDown(nowMs)) this.#probeAtMs = nowMs + PROBE_PAUSE_MS;
      tasks.push(taskOf('send', head));
    }
    return tasks;
  }

  /** When `next` may have something that it has not now; null: not by time alone. */
  wakeAtMs(nowMs: number): number | null {
    if (this.#settings.isPaused) return null;
    const isBusy = this.#sending >= this.#connectionLimit(nowMs);
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const [head] of this.#queues.values()) {
      if (head?.state !== 'waiting') continue;
      const { expiresAtMs } = head.update;
      const probeAtMs = this.#isDown(nowMs) ? this.#probeAtMs : 0;
      const tryAtMs = isBusy ? expiresAtMs : Math.max(head.notBeforeMs, probeAtMs);
      wakeAtMs = Math.min(wakeAtMs, tryAtMs, expiresAtMs);
    }
    return Number.isFinite(wakeAtMs) ? wakeAtMs : null;
  }

  /** When an update that has failed is tried again; null: none waits for that. */
  nextAttemptMs(nowMs: number): number | null {
    const isRetrying = this.#queues
      .values()
      .some(([head]) => head?.state === 'waiting' && head.attempts > 0);
    const wakeAtMs = isRetrying ? this.wakeAtMs(nowMs) : null;
    return wakeAtMs === null ? null : Math.max(wakeAtMs, nowMs);
  }

  /** The bot took the update; it stays under way until `settled`. */
  delivered(offset: bigint, nowMs: number): void {
    const held = this.#held.get(offset);
    if (held?.state !== 'sending') return;
    held.state = 'settling';
    this.#isTaking = true;
    const wasDown = this.#isDown(nowMs);
    if (wasDown) this.#connections = 1;
    this.#connections = Math.min(this.#settings.maxConnections, this.#connections + 1);
    this.#failingSinceMs = null;
    this.#wasDown = false;
    if (!wasDown) return;
    for (const one of this.#held.values()) {
      if (one.state === 'waiting' && !one.isAskedToWait) one.notBeforeMs = 0;
    }
  }

  /**
   * The bot did not take it.
   * @param retryAfterMs - as the bot asked for; null: it did not
   * @returns whether it is tried again; else it is given up, and under way until `settled`
   */
  failed(offset: bigint, reason: string, retryAfterMs: number | null, nowMs: number): boolean {
    const held = this.#held.get(offset);
    if (held?.state !== 'sending') return false;
    this.#isTaking = false;
    this.#failingSinceMs ??= nowMs;
    this.#lastFailure = { atMs: nowMs, reason };
    held.lastFailure = reason;
    if (retryAfterMs === null) held.backoffs += 1;
    held.notBeforeMs = nowMs + retryDelayMs(held.backoffs, retryAfterMs, this.#random());
    held.isAskedToWait = retryAfterMs !== null;
    if (held.notBeforeMs >= held.update.expiresAtMs) {
      held.state = 'settling';
      return false;
    }
    held.state = 'waiting';
    held.isUnderWay = false;
    this.#sending -= 1;
    return true;
  }

  /** What became of it is durable: the next of its queue may go. */
  settled(offset: bigint): void {
    const held = this.#held.get(offset);
    if (held?.state !== 'settling') return;
    this.#remove(held);
    if (held.isUnderWay) this.#sending -= 1;
    this.#done.add(offset);
    this.#forgetDone();
  }

  /** The report of a failed attempt is durable, so a new owner counts on from there. */
  stored(failed: FailedAttempts): void {
    for (const [offset, attempt] of failed) {
      const held = this.#held.get(offset);
      if (held) held.storedAttempts = attempt;
    }
  }

  /**
   * How far it is, when these are settled and these failures reported, too.
   * @param liveNext - where the live reader is
   */
  progress(settling: ReadonlySet<bigint>, failing: FailedAttempts, liveNext: bigint): LaneProgress {
    let next = this.#readNext ?? liveNext;
    for (const offset of this.#held.keys()) {
      if (settling.has(offset)) continue;
      next = offset < next ? offset : next;
      break;
    }
    if (next < this.#doneBelow) next = this.#doneBelow;
    const done = [...this.#done, ...settling].filter((offset) => offset >= next);
    const attempts = new Map(this.#earlierAttempts);
    for (const [offset, { storedAttempts }] of this.#held) {
      const count = failing.get(offset) ?? storedAttempts;
      if (count > 0 && !settling.has(offset)) attempts.set(offset, count);
    }
    return { next, done, attempts };
  }

  #remove(held: Held): void {
    const { update, queue } = held;
    this.#held.delete(update.offset);
    this.#count(-update.body.length);
    const line = this.#queues.get(queue)?.filter((one) => one !== held) ?? [];
    if (line.length === 0) this.#queues.delete(queue);
    else this.#queues.set(queue, line);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#shared.bytes += bytes;
  }

  /** What lies below all that is not done needs no mention. */
  #forgetDone(): void {
    const below = this.lowestHeld ?? this.#readNext ?? highest(this.#done) + 1n;
    if (below > this.#doneBelow) this.#doneBelow = below;
    for (const offset of this.#done) if (offset < below) this.#done.delete(offset);
  }

  /** A clock that is set back makes no pause longer. */
  #followClock(nowMs: number): void {
    const backMs = this.#askedMs - nowMs;
    this.#askedMs = nowMs;
    if (backMs < SET_BACK_MS) return;
    for (const held of this.#held.values()) held.notBeforeMs -= backMs;
    this.#probeAtMs -= backMs;
    if (this.#failingSinceMs !== null) this.#failingSinceMs -= backMs;
  }

  /** Drops updates that were never tried, newest first. They are read again when the bot is back. */
  #shrinkIfDown(nowMs: number): void {
    this.#wasDown = this.#isDown(nowMs);
    if (!this.#wasDown || this.#held.size <= DOWN_WINDOW) return;
    const held = [...this.#held.values()];
    while (held.length > DOWN_WINDOW) {
      const last = held.pop();
      if (last?.state !== 'waiting' || last.attempts > 0) return;
      this.#remove(last);
      this.#missed += 1;
      this.#readNext = last.update.offset;
    }
  }

  #capacity(): number {
    const { maxConnections } = this.#settings;
    if (this.#wasDown) return DOWN_WINDOW;
    if (this.#failingSinceMs !== null) return Math.max(DOWN_WINDOW, maxConnections);
    const isCatchingUp = this.#readNext !== null && this.#isTaking;
    return isCatchingUp ? CATCH_UP_WINDOW : WINDOW_PER_CONNECTION * maxConnections;
  }

  #isDown(nowMs: number): boolean {
    return this.#failingSinceMs !== null && nowMs - this.#failingSinceMs >= DOWN_AFTER_MS;
  }

  #connectionLimit(nowMs: number): number {
    return this.#isDown(nowMs) ? 1 : this.#connections;
  }

  #limit(nowMs: number): number {
    if (this.#isDown(nowMs) && nowMs < this.#probeAtMs) return 0;
    return this.#connectionLimit(nowMs);
  }
}

function taskOf(kind: Task['kind'], { update, attempts, lastFailure }: Held): Task {
  return { kind, update, attempt: attempts, lastFailure };
}

function highest(offsets: Iterable<bigint>): bigint {
  let most = -1n;
  for (const offset of offsets) if (offset > most) most = offset;
  return most;
}
