/**
 * The events of the log as they arrive: one reader for all clients, from the end of the log, while
 * there is any. It remembers the newest ones, so that a client that was away for a moment resumes
 * where it was.
 */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog, Follower, LogPosition } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { hasReached, type LivePosition, positionText } from '../domain/live-position.ts';
import { isAfter, type LiveEvent, takeMessage } from './live-event.ts';

export interface LiveEventsDeps {
  readonly log: Pick<EventLog, 'follow' | 'ranges'>;
  readonly logger: Logger;
}

export interface LiveEvents {
  /**
   * Begins to read, if nobody has yet. Release it when nobody is told any more.
   * @throws LogUnavailableError
   */
  acquire(): Promise<LiveReader>;
  close(): Promise<void>;
}

export interface LiveReader {
  /** Where the reader is, as text: everything before was told. */
  positionText(): string;
  position(): LivePosition;
  /** Whether somebody has read what this one has not read yet. */
  isBehind(position: LivePosition): boolean;
  /** Resolves when it is not behind a position any more, or the signal is aborted. */
  reaches(position: LivePosition, signal: AbortSignal): Promise<void>;
  /** What came after a position; null when that is longer ago than what is remembered. */
  since(position: LivePosition): LiveEvent[] | null;
  /** @returns how to stop listening */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  release(): void;
}

/** Some 5 MB. At a thousand events a second, ten seconds: longer than a browser waits to come back. */
const MAX_REMEMBERED = 10_000;
/** Forgotten in steps of so many, because moving an array's rest costs as much as it is long. */
const FORGOTTEN_AT_ONCE = 1_000;
/** So long the log is read on for nobody: pages are reloaded, and connections break. */
const LINGER_MS = 30_000;

export function createLiveEvents(deps: LiveEventsDeps): LiveEvents {
  let current: Promise<Reading> | null = null;
  let users = 0;
  let linger: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function stop(): Promise<void> {
    const stopped = current;
    current = null;
    const reading = await stopped?.catch(() => null);
    await reading?.close().catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'the reader of live events could not be closed cleanly');
    });
  }

  return {
    async acquire() {
      clearTimeout(linger);
      users += 1;
      current ??= Reading.start(deps);
      const started = current;
      let isReleased = false;
      const release = () => {
        if (isReleased) return;
        isReleased = true;
        users -= 1;
        if (users > 0 || isClosed) return;
        linger = setTimeout(() => void stop(), LINGER_MS);
        linger.unref();
      };
      try {
        return (await started).reader(release);
      } catch (error) {
        // The next who comes tries again.
        if (current === started) current = null;
        release();
        throw error;
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(linger);
      await stop();
    },
  };
}

class Reading {
  readonly #position: Map<number, bigint>;
  /** Where the first remembered event is read from. */
  readonly #since: Map<number, bigint>;
  readonly #remembered: LiveEvent[] = [];
  /** Of what is remembered: an event that stands on the log twice is told once. */
  readonly #ids = new Set<string>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  /** Called whenever reading has come further, also where nothing is told. */
  readonly #waiting = new Set<() => void>();
  #follower: Follower | null = null;

  private constructor(begin: readonly LogPosition[]) {
    const offsets = begin.map(({ partition, offset }) => [partition, offset] as const);
    this.#position = new Map(offsets);
    this.#since = new Map(offsets);
  }

  static async start({ log }: LiveEventsDeps): Promise<Reading> {
    const ranges = await log.ranges(EVENTS_TOPIC);
    const from = ranges.map(({ topic, partition, endOffset }) => ({
      topic,
      partition,
      offset: endOffset,
    }));
    const reading = new Reading(from);
    reading.#follower = await log.follow({
      topic: EVENTS_TOPIC,
      from,
      onMessage(message) {
        const taken = takeMessage(reading.#position, message);
        if (taken) reading.#take(taken);
      },
      onReached({ partition, offset }) {
        reading.#position.set(partition, offset);
        for (const check of reading.#waiting) check();
      },
    });
    return reading;
  }

  reader(release: () => void): LiveReader {
    return {
      positionText: () => positionText(this.#position),
      position: () => new Map(this.#position),
      isBehind: (position) => !hasReached(this.#position, position),
      reaches: (position, signal) => this.#reaches(position, signal),
      since: (position) =>
        hasReached(position, this.#since)
          ? this.#remembered.filter((event) => isAfter(event, position))
          : null,
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      release,
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#follower?.close();
  }

  #reaches(position: LivePosition, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => {
      if (!signal.aborted && !hasReached(this.#position, position)) return;
      this.#waiting.delete(check);
      resolve();
    };
    this.#waiting.add(check);
    signal.addEventListener('abort', check, { once: true });
    check();
    return promise;
  }

  #take(event: LiveEvent): void {
    const key = keyOf(event.event);
    if (this.#ids.has(key)) return;
    this.#ids.add(key);
    this.#remembered.push(event);
    if (this.#remembered.length >= MAX_REMEMBERED + FORGOTTEN_AT_ONCE) this.#forget();
    for (const listener of this.#listeners) listener(event);
  }

  #forget(): void {
    for (const { event, partition, offset } of this.#remembered.splice(0, FORGOTTEN_AT_ONCE)) {
      this.#ids.delete(keyOf(event));
      this.#since.set(partition, offset + 1n);
    }
  }
}

function keyOf({ bot_id, event_id }: WebhookEvent): string {
  return `${bot_id} ${event_id}`;
}
