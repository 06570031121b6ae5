/** Commits that are known to be stored. */
import type { Consumer } from 'kafkajs';
import { type LogPosition, LogUnavailableError, StaleAssignmentError } from '../event-log.ts';
import { isStaleMember, toLogError } from './kafka-errors.ts';

/**
 * Commits by one kafkajs consumer, one after the other. kafkajs drops a commit without an error
 * while it stops, so a commit counts only when kafkajs has also reported it as stored.
 */
export class OffsetCommitter {
  readonly #consumer: Consumer;
  /** Reported since the commit under way began. */
  readonly #stored = new Set<string>();
  #queue: Promise<void> = Promise.resolve();

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
    consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
      for (const { topic, partitions } of payload.topics) {
        for (const { partition, offset } of partitions) {
          this.#stored.add(placeOf({ topic, partition, offset: BigInt(String(offset)) }));
        }
      }
    });
  }

  /**
   * @throws StaleAssignmentError when the group is rebalancing or has moved on
   * @throws LogUnavailableError
   */
  commit(positions: readonly LogPosition[]): Promise<void> {
    const commit = this.#queue.then(() => this.#commit(positions));
    this.#queue = commit.catch(() => undefined);
    return commit;
  }

  async #commit(positions: readonly LogPosition[]): Promise<void> {
    this.#stored.clear();
    try {
      await this.#consumer.commitOffsets(
        positions.map(({ topic, partition, offset }) => ({
          topic,
          partition,
          offset: String(offset),
        })),
      );
    } catch (error) {
      if (isStaleMember(error)) {
        throw new StaleAssignmentError('commit: the group has a newer generation', {
          cause: error,
        });
      }
      throw toLogError(error, 'commit');
    }
    if (!positions.every((position) => this.#stored.has(placeOf(position)))) {
      throw new LogUnavailableError('commit: the consumer is stopping');
    }
  }
}

function placeOf({ topic, partition, offset }: LogPosition): string {
  return `${topic}/${partition}@${offset}`;
}
