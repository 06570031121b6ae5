/**
 * Notices that a topic was deleted and made again while it is read. Kafka's consumers usually get an
 * error then, but not when both happen between two fetches: reading just goes on at the old offset,
 * past messages that were never seen (kafkajs knows no topic ids).
 *
 * The check rests on log time: in one life of a topic, everything after the time of a message stands
 * behind it. In a later life everything is after that time, from the first offset on.
 */
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { PartitionDelivery } from './partition-delivery.ts';
import type { TopicAdmin } from './topic-admin.ts';

/** A message that was read: the offset after it, and its log time. */
export interface Landmark {
  readonly nextOffset: bigint;
  readonly timestampMs: number;
}

const DEFAULT_CHECK_INTERVAL_MS = 2_000;

export interface RecreationWatchDeps {
  readonly admin: Pick<TopicAdmin, 'offsetsAt'>;
  readonly logger: Logger;
  /** The partitions that are read now. */
  list(): readonly PartitionDelivery[];
  onRecreated(delivery: PartitionDelivery): void;
  /** Default: 2 s. */
  readonly checkIntervalMs?: number;
}

export class RecreationWatch {
  readonly #deps: RecreationWatchDeps;
  readonly #timer: NodeJS.Timeout;
  #check: Promise<void> | null = null;
  #isClosed = false;

  constructor(deps: RecreationWatchDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => {
      this.#check ??= this.#checkAll().finally(() => {
        this.#check = null;
      });
    }, deps.checkIntervalMs ?? DEFAULT_CHECK_INTERVAL_MS);
  }

  /** A check under way goes on, and nobody hears of what it finds. */
  close(): void {
    clearInterval(this.#timer);
    this.#isClosed = true;
  }

  async #checkAll(): Promise<void> {
    const byTopic = Map.groupBy(this.#deps.list(), ({ place }) => place.topic);
    for (const [topic, deliveries] of byTopic) {
      try {
        await this.#checkTopic(topic, deliveries);
      } catch (error) {
        // Brokers are away or the topic is gone: the next check tells.
        this.#deps.logger.debug({ err: error, topic }, 'the topic could not be checked');
      }
    }
  }

  async #checkTopic(topic: string, deliveries: readonly PartitionDelivery[]): Promise<void> {
    const checked = deliveries.flatMap((delivery) => {
      const { landmark, lastRead } = delivery;
      return landmark && lastRead ? [{ delivery, landmark, lastRead }] : [];
    });
    if (checked.length === 0) return;
    // The latest time serves all: each partition's own message is no later.
    const timestampMs = Math.max(...checked.map(({ landmark }) => landmark.timestampMs));
    const after = await this.#deps.admin.offsetsAt(topic, timestampMs + 1);
    for (const { delivery, landmark, lastRead } of checked) {
      const { partition } = delivery.place;
      const offset = after.find((position) => position.partition === partition)?.offset;
      if (offset === undefined || delivery.isStopped || this.#isClosed) continue;
      if (offset < landmark.nextOffset) this.#deps.onRecreated(delivery);
      else delivery.landmark = lastRead;
    }
  }
}
