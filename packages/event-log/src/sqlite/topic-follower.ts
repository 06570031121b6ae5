/** Reads a topic from its start or given places, and then what is appended, outside any group. */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { Follower, FollowOptions } from '../event-log.ts';
import { DEFAULT_MAX_BATCH_MESSAGES, REDELIVERY_PAUSE_MS } from '../limits.ts';
import type { LogReader } from './log-reader.ts';
import { PartitionCursor } from './partition-cursor.ts';
import type { PartitionState, TopicCatalog } from './topic-catalog.ts';

export interface TopicFollowerDeps {
  readonly catalog: TopicCatalog;
  readonly reader: LogReader;
  readonly logger: Logger;
}

export class TopicFollower implements Follower {
  readonly caughtUp: Promise<void>;
  readonly #options: FollowOptions;
  readonly #deps: TopicFollowerDeps;
  readonly #deliveries = new Map<PartitionCursor, Promise<void>>();
  readonly #stopListening: () => void;

  /** @throws UnknownTopicError */
  constructor(options: FollowOptions, deps: TopicFollowerDeps) {
    this.#options = options;
    this.#deps = deps;
    const partitions = deps.catalog.partitions(options.topic);
    const begun = partitions.map((partition) => this.#follow(partition, this.#beginOf(partition)));
    this.caughtUp = Promise.all(begun).then(() => undefined);
    this.#stopListening = deps.catalog.onChange(() => this.#onTopicsChanged());
  }

  async close(): Promise<void> {
    this.#stopListening();
    for (const cursor of this.#deliveries.keys()) cursor.stop();
    await Promise.all(this.#deliveries.values());
  }

  /** A recreated topic is followed from its own start. */
  #onTopicsChanged(): void {
    const { catalog } = this.#deps;
    const { topic } = this.#options;
    const current = new Set(catalog.has(topic) ? catalog.partitions(topic) : []);
    for (const cursor of this.#deliveries.keys()) {
      if (!current.delete(cursor.partition)) cursor.stop();
    }
    for (const partition of current) void this.#follow(partition, 0);
  }

  #beginOf(state: PartitionState): number {
    const { from = [] } = this.#options;
    const place = from.find(({ partition }) => partition === state.partition);
    const startOffset = this.#deps.reader.startOffset(state);
    const offset = Number(place?.offset ?? startOffset);
    return offset < startOffset || offset > state.endOffset ? startOffset : offset;
  }

  /** Resolves when everything that the partition holds now has been handed over. */
  #follow(partition: PartitionState, beginOffset: number): Promise<void> {
    const cursor = new PartitionCursor(partition, this.#deps.reader, beginOffset);
    const caughtUp = Promise.withResolvers<void>();
    const delivery = this.#deliver(cursor, partition.endOffset, caughtUp.resolve).finally(() => {
      this.#deliveries.delete(cursor);
    });
    this.#deliveries.set(cursor, delivery);
    return caughtUp.promise;
  }

  async #deliver(
    cursor: PartitionCursor,
    endOffset: number,
    onCaughtUp: () => void,
  ): Promise<void> {
    const isAtEnd = cursor.handedUpTo >= endOffset;
    // An emptied partition holds nothing to wait for, although its end is not 0.
    if (isAtEnd || this.#deps.reader.startOffset(cursor.partition) === endOffset) onCaughtUp();
    while (!cursor.stopped) {
      try {
        const batch = await cursor.next(DEFAULT_MAX_BATCH_MESSAGES);
        if (!batch) return;
        const { topic, partition, messages, nextOffset, readableOffset } = batch;
        for (const message of messages) this.#options.onMessage(message);
        this.#options.onReached?.({ topic, partition, offset: nextOffset, readableOffset });
        cursor.advance();
        if (cursor.handedUpTo >= endOffset) onCaughtUp();
      } catch (error) {
        cursor.rewind();
        this.#deps.logger.error(
          { err: error, topic: this.#options.topic },
          'following failed; retrying',
        );
        await setTimeout(REDELIVERY_PAUSE_MS);
      }
    }
  }
}
