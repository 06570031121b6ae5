/**
 * One client of a consumer group on the updates of a bot. It is a member of a group of the event log, so
 * the group's position is kept by the log, and another client takes over where this one ends. Updates of a
 * bot stand on one partition, so one client of a group gets them at a time.
 *
 * The client says how much it has done (`progress`). No more than `maxPending` updates are with it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Consumer,
  type ConsumerHandler,
  type EventLog,
  type LogBatch,
  type LogPosition,
  StaleAssignmentError,
  type TopicPartition,
} from '@hookpulse/event-log/event-log';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { type Place, placeText, updateFrame } from './update-frame.ts';

export interface GroupSubscriptionOptions {
  readonly log: Pick<EventLog, 'consume' | 'committed' | 'partitionFor' | 'ranges'>;
  readonly botId: string;
  readonly group: string;
  /** Where a group begins that has no position yet. */
  readonly start: 'earliest' | 'latest';
  /** Up to there the client has done everything; null: as the group's position says. */
  readonly doneTo: Place | null;
  readonly maxPending: number;
  /** Resolves when the client has taken what was before. */
  readonly send: (frame: string) => Promise<void>;
}

export interface Progress {
  /** Everything before it is done; null: nothing is committed. */
  readonly doneTo: Place | null;
  /** How many updates of this stream are done. */
  readonly handled: number;
  /** After `revoked`: nothing of it is worked on any more. */
  readonly isReleased: boolean;
}

/** So that the position is not read from the log at once for each update. */
const MAX_BATCH_MESSAGES = 100;
/** For the client to finish what it works on, before another one gets the rest. */
const RELEASE_LIMIT_MS = 5_000;

/** Name of the group on the log: it is the same for clients by Kafka and by HTTP. */
export function updatesGroupId(botId: string, group: string): string {
  return `hookpulse-updates.${botId}.${group}`;
}

export class GroupSubscription implements ConsumerHandler {
  readonly #options: GroupSubscriptionOptions;
  readonly #joined = Promise.withResolvers<Consumer>();
  #isClosed = false;
  #sent = 0;
  #handled = 0;
  /** Resolved when the client has done something, and at the end. Each partition may wait for it. */
  #change = Promise.withResolvers<void>();
  #release: () => void = () => undefined;
  /** Partitions whose updates the client was told of. */
  readonly #owned = new Map<number, TopicPartition>();
  /** Where this stream has come to. */
  #reached: Place | null = null;

  private constructor(options: GroupSubscriptionOptions) {
    this.#options = options;
    this.#joined.promise.catch(() => undefined);
  }

  /** @throws LogUnavailableError */
  static async open(options: GroupSubscriptionOptions): Promise<GroupSubscription> {
    const subscription = new GroupSubscription(options);
    const { log, botId, group } = options;
    try {
      const consumer = await log.consume({
        groupId: updatesGroupId(botId, group),
        topics: [UPDATES_TOPIC],
        maxBatchMessages: MAX_BATCH_MESSAGES,
        gatherMs: 0,
        handler: subscription,
      });
      subscription.#joined.resolve(consumer);
      return subscription;
    } catch (error) {
      subscription.#joined.reject(error);
      throw error;
    }
  }

  /** Up to where the client has everything that there is for it; null: it is not the owner. */
  get reachedText(): string | null {
    const { partition = null, offset = 0n } = this.#reached ?? {};
    return partition === null ? null : placeText(partition, offset);
  }

  /**
   * Where another client has the updates now, nothing is stored: it goes on from what was stored before,
   * and `revoked` tells this one.
   * @throws LogUnavailableError
   */
  async progress({ doneTo, handled, isReleased }: Progress): Promise<void> {
    this.#handled = Math.max(this.#handled, Math.min(handled, this.#sent));
    this.#wake();
    try {
      if (doneTo) {
        const consumer = await this.#joined.promise;
        await consumer.commit([{ topic: UPDATES_TOPIC, ...doneTo }]);
      }
    } catch (error) {
      // The stream goes on: to break it off would be one more rebalance.
      if (!(error instanceof StaleAssignmentError)) throw error;
    } finally {
      if (isReleased) {
        this.#sent = this.#handled;
        this.#release();
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    this.#release();
    const consumer = await this.#joined.promise.catch(() => null);
    await consumer?.close();
  }

  async onAssigned(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]> {
    const { log, botId, group, doneTo } = this.#options;
    const consumer = await this.#joined.promise;
    const committed = await log.committed(updatesGroupId(botId, group), UPDATES_TOPIC);
    const current = await log.partitionFor(UPDATES_TOPIC, botId);
    // Of a topic that got more partitions, older updates stand where they were.
    const isBots = ({ partition }: TopicPartition) =>
      partition === current || committed.some((one) => one.partition === partition);
    const owned = partitions.filter(isBots);
    consumer.pause(partitions.filter((one) => !isBots(one)));
    for (const one of owned) this.#owned.set(one.partition, one);
    const positions: LogPosition[] = [];
    for (const { topic, partition } of owned) {
      const stored = committed.find((one) => one.partition === partition)?.offset;
      const done = doneTo?.partition === partition ? doneTo.offset : 0n;
      if (done > (stored ?? 0n)) positions.push({ topic, partition, offset: done });
      else if (stored === undefined) positions.push(...(await this.#firstPosition(partition)));
    }
    if (owned.length > 0) await this.#options.send('event: assigned\ndata: {}\n\n');
    return positions;
  }

  async onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    const lost = partitions.filter(({ partition }) => this.#owned.delete(partition));
    this.#reached = null;
    if (lost.length === 0 || this.#isClosed) return;
    const released = Promise.withResolvers<void>();
    this.#release = released.resolve;
    await this.#options.send('event: revoked\ndata: {}\n\n');
    const limit = new AbortController();
    await Promise.race([
      released.promise,
      delay(RELEASE_LIMIT_MS, undefined, { signal: limit.signal }).catch(() => undefined),
    ]);
    limit.abort();
  }

  async onBatch({ partition, messages, nextOffset }: LogBatch): Promise<void> {
    const { botId, maxPending, send } = this.#options;
    if (!this.#owned.has(partition)) return;
    for (const message of messages) {
      const frame = updateFrame(message, botId);
      if (frame === null) continue;
      while (!this.#isClosed && this.#sent - this.#handled >= maxPending) {
        await this.#change.promise;
      }
      if (this.#isClosed) return;
      this.#sent += 1;
      await send(frame);
      this.#reach(partition, message.offset + 1n);
    }
    this.#reach(partition, nextOffset);
  }

  /** Only after it is sent: a heartbeat tells the client that there is nothing before it to wait for. */
  #reach(partition: number, offset: bigint): void {
    if (this.#owned.has(partition)) this.#reached = { partition, offset };
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  async #firstPosition(partition: number): Promise<readonly LogPosition[]> {
    if (this.#options.start === 'earliest') return [];
    const ranges = await this.#options.log.ranges(UPDATES_TOPIC);
    return ranges
      .filter((range) => range.partition === partition)
      .map(({ topic, endOffset: offset }) => ({ topic, partition, offset }));
  }
}
