/** What the owner of a partition does with a batch: read → publish dead letters → load windows → fold. */
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';
import type { EventLog, LogBatch, LogMessage } from '@hookpulse/event-log/event-log';
import { readBatch, type UnreadableMessage } from '@hookpulse/event-log/read-batch';
import type { BotError, ErrorReporter } from '@hookpulse/service-kit/telemetry/error-reporter';
import { firstToPublish, publishDeadLetters } from './dead-letters.ts';
import type { OpenWindows, WindowKey, WindowState } from './domain/open-windows.ts';
import type { LastMessage, PartitionFold } from './domain/partition-fold.ts';
import type { ProcessingTimeouts } from './domain/processing-timeouts.ts';
import type { AggregatorMetrics } from './metrics.ts';
import type { AggregateStore } from './store/aggregate-store.ts';
import type { StoreTraces } from './store/store-traces.ts';

/** What a slow network, a queue at the sender and clocks that differ a little explain. */
const LATE_AFTER_MS = 5 * 60_000;

export interface PartitionOwnerDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly store: Pick<AggregateStore, 'loadWindows'>;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
  readonly logger: Logger;
  readonly metrics: FoldMetrics;
  /** Default: nothing is traced. */
  readonly traces?: StoreTraces | null;
  /** Told of every event of type error that is counted; default: nobody is. */
  readonly reportBotError?: ErrorReporter['reportBotError'];
}

export type FoldMetrics = Pick<
  AggregatorMetrics,
  'countedEvents' | 'duplicateEvents' | 'lateEvents' | 'deadLetters'
>;

export class PartitionOwner {
  readonly fold: PartitionFold;
  readonly timeouts: ProcessingTimeouts;
  readonly #deps: PartitionOwnerDeps;
  #readUpTo = 0n;
  #lastRead: { readonly logTimeMs: number; readonly readAtMs: number } | null = null;
  /** What is unreadable below this offset is on the dead-letter topic. */
  #setAsideBelow = 0n;
  /** The batch or the pause under way, and those that wait. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(fold: PartitionFold, timeouts: ProcessingTimeouts, deps: PartitionOwnerDeps) {
    this.fold = fold;
    this.timeouts = timeouts;
    this.#deps = deps;
  }

  get partition(): number {
    return this.fold.position.partition;
  }

  /**
   * Next offset of what was read and folded. After a restart it is below the position, until what is
   * read again has been; 0 while nothing was read.
   */
  get readUpTo(): bigint {
    return this.#readUpTo;
  }

  /**
   * What the log's clock shows, at the least: the time of the last message read, and what has passed
   * here since. The two clocks themselves may differ by any amount. Null while nothing was read.
   */
  logTimeMs(): number | null {
    if (!this.#lastRead) return null;
    const { logTimeMs, readAtMs } = this.#lastRead;
    return logTimeMs + (this.#deps.steadyClock.now() - readAtMs);
  }

  /**
   * Whether the batch comes from the topic that was counted so far. `another`: a different message is
   * at the offset that was counted last. `shorter`: the log seems to end before that offset. Then ask
   * again, because a broker that just took over may not know its end yet.
   */
  compare(batch: LogBatch): 'same' | 'another' | 'shorter' {
    const { nextOffset, last } = this.fold.position;
    if (!last || batch.fromOffset >= nextOffset) return 'same';
    if (batch.endOffset < nextOffset) return 'shorter';
    const sameOffset = batch.messages.find(({ offset }) => offset === last.offset);
    if (!sameOffset || fingerprint(sameOffset) === last.fingerprint) return 'same';
    return 'another';
  }

  /**
   * Folds what is new of a batch; what is below the position is counted already and only
   * remembered. Everything that can fail comes before the first event is folded, so a batch that
   * is delivered again is never folded twice.
   */
  foldBatch(batch: LogBatch): Promise<void> {
    return this.#inTurn(() => this.#foldBatch(batch));
  }

  /** Does something while no batch is folded; those that come wait for it. */
  whilePaused<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#inTurn(work);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turns.then(work);
    this.#turns = done.catch(() => undefined);
    return done;
  }

  async #foldBatch(batch: LogBatch): Promise<void> {
    const { nextOffset } = this.fold.position;
    const nowMs = this.#deps.clock.now();
    const isNew = (message: LogMessage) => message.offset >= nextOffset;
    const known = readBatch(
      batch.messages.filter((message) => !isNew(message)),
      nowMs,
    );
    for (const event of known.events) {
      const verdict = this.fold.replay(event);
      if (verdict === 'counted') this.timeouts.observe(event.event, event.logTimeMs);
    }
    const fresh = batch.messages.filter(isNew);
    const { events, unreadable, ...read } = readBatch(fresh, nowMs);
    await this.#setAside(unreadable);
    await this.#restoreWindows(events);
    this.#deps.traces?.read(this.fold.position.partition, fresh, events);
    this.#fold(events);
    const last = fresh.at(-1);
    const logTimeMs = read.logTimeMs ?? known.logTimeMs;
    if (batch.nextOffset > nextOffset) {
      const isCounted = last !== undefined && logTimeMs !== null;
      this.fold.advance(batch.nextOffset, isCounted ? lastMessageOf(last, logTimeMs) : null);
    }
    this.#readUpTo = batch.nextOffset;
    if (logTimeMs !== null) {
      this.#lastRead = { logTimeMs, readAtMs: this.#deps.steadyClock.now() };
    }
  }

  /** Added up first: the metrics are told once a batch, not once an event. */
  #fold(events: readonly LoggedEvent[]): void {
    const { clock, metrics, reportBotError } = this.#deps;
    const nowMs = clock.now();
    let counted = 0;
    let late = 0;
    for (const logged of events) {
      if (this.fold.fold(logged, nowMs) === 'duplicate') continue;
      counted += 1;
      if (isLate(logged)) late += 1;
      this.timeouts.observe(logged.event, logged.logTimeMs);
      if (reportBotError) tellBotError(logged.event, reportBotError);
    }
    metrics.countedEvents.inc(counted);
    metrics.duplicateEvents.inc(events.length - counted);
    metrics.lateEvents.inc(late);
  }

  /** Once, also when the batch comes again because a later step failed, or a later publish. */
  async #setAside(unreadable: readonly UnreadableMessage[]): Promise<void> {
    let waiting = unreadable.filter(({ message }) => message.offset >= this.#setAsideBelow);
    if (waiting.length === 0) return;
    this.#deps.logger.warn(
      { partition: this.partition, count: waiting.length },
      'unreadable messages go to the dead-letter topic',
    );
    while (waiting.length > 0) {
      const some = firstToPublish(waiting);
      await publishDeadLetters(this.#deps.log, some);
      for (const { kind, message } of some) {
        this.#deps.metrics.deadLetters.inc(kind);
        this.#setAsideBelow = message.offset + 1n;
      }
      waiting = waiting.slice(some.length);
    }
  }

  /** Until nothing is missing: a flush may have let go of a window while another was looked up. */
  async #restoreWindows(events: readonly LoggedEvent[]): Promise<void> {
    for (;;) {
      const keys = this.fold.lookupsFor(events, this.#deps.clock.now());
      if (keys.hours.length === 0 && keys.slices.length === 0) return;
      const stored = await this.#deps.store.loadWindows(this.fold.position, keys);
      restore(this.fold.hours, keys.hours, stored.hours);
      restore(this.fold.slices, keys.slices, stored.slices);
    }
  }
}

function tellBotError(event: WebhookEvent, report: (error: BotError) => void): void {
  if (event.event_type !== 'error') return;
  report({
    botId: event.bot_id,
    errorType: event.error_type ?? 'Error',
    updateType: event.update_type,
    eventId: event.event_id,
  });
}

/** What was looked up and not found does not exist yet. */
function restore(
  windows: OpenWindows,
  keys: readonly WindowKey[],
  found: readonly WindowState[],
): void {
  for (const key of keys) windows.restoreEmpty(key);
  for (const state of found) windows.restore(state);
}

/** Whether the event's hour had ended more than five minutes before the log took it. */
function isLate({ eventTimeMs, logTimeMs }: LoggedEvent): boolean {
  return logTimeMs > windowStart(eventTimeMs, HOUR_MS) + HOUR_MS + LATE_AFTER_MS;
}

/** A message described well enough to tell it from any other that could stand at its offset. */
function lastMessageOf(message: LogMessage, logTimeMs: number): LastMessage {
  return { offset: message.offset, logTimeMs, fingerprint: fingerprint(message) };
}

/** Record time, key and size: two logs that agree in them at one offset are one log. */
function fingerprint(message: LogMessage): string {
  return `${message.timestampMs}/${message.value?.byteLength ?? 'null'}/${message.key ?? ''}`;
}
