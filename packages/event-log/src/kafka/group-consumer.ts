/** A member of a Kafka consumer group, as the port has it. */
import type { SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import {
  type Consumer,
  type ConsumerOptions,
  type LogPosition,
  type PartitionLag,
  StaleAssignmentError,
  type TopicPartition,
} from '../event-log.ts';
import { DEFAULT_MAX_BATCH_MESSAGES } from '../limits.ts';
import { AssignedPartitions } from './assigned-partitions.ts';
import { GroupMembership } from './group-membership.ts';
import type { CreateClient } from './kafka-client.ts';
import type { KeptTopics } from './kept-topics.ts';
import type { ReadingProblems } from './log-problems.ts';
import type { PartitionDelivery } from './partition-delivery.ts';
import { RecreationWatch } from './recreation-watch.ts';
import { StartPositions } from './start-positions.ts';
import type { TopicAdmin } from './topic-admin.ts';

export interface GroupConsumerDeps {
  readonly clock: SteadyClock;
  readonly createClient: CreateClient;
  readonly admin: TopicAdmin;
  readonly logger: Logger;
  readonly problems: ReadingProblems;
  readonly topics: KeptTopics;
  /** Told before partitions are assigned anew that their topic may have been recreated. */
  onTopicMayHaveChanged?(): void;
}

export class KafkaGroupConsumer implements Consumer {
  readonly #admin: TopicAdmin;
  readonly #partitions: AssignedPartitions;
  readonly #membership: GroupMembership;
  readonly #watch: RecreationWatch;
  #closed: Promise<void> | null = null;

  private constructor(options: ConsumerOptions, deps: GroupConsumerDeps) {
    const logger = deps.logger.child({ group: options.groupId });
    this.#admin = deps.admin;
    this.#partitions = new AssignedPartitions({
      groupId: options.groupId,
      problems: deps.problems,
      handler: options.handler,
      maxBatchMessages: options.maxBatchMessages ?? DEFAULT_MAX_BATCH_MESSAGES,
      startPositions: new StartPositions(options.groupId, deps.admin),
      fetching: {
        seek: (position) => this.#membership.seek(position),
        pause: (place) => this.#membership.pause(place),
        resume: (place) => this.#membership.resume(place),
      },
      logger,
      onTopicMayHaveChanged: () => deps.onTopicMayHaveChanged?.(),
    });
    this.#membership = new GroupMembership(deps, options, this.#partitions, logger);
    this.#watch = new RecreationWatch({
      admin: deps.admin,
      logger,
      list: () => this.#partitions.list(),
      onRecreated: (delivery) => this.#partitions.assignAnew(delivery),
    });
  }

  /** @throws UnknownTopicError, LogUnavailableError */
  static async join(
    options: ConsumerOptions,
    deps: GroupConsumerDeps,
  ): Promise<KafkaGroupConsumer> {
    for (const topic of options.topics) await deps.admin.partitionCount(topic);
    const consumer = new KafkaGroupConsumer(options, deps);
    try {
      await consumer.#membership.join();
    } catch (error) {
      consumer.#watch.close();
      throw error;
    }
    return consumer;
  }

  get isMember(): boolean {
    return this.#membership.isMember;
  }

  async commit(positions: readonly LogPosition[]): Promise<void> {
    const held = positions.map((position) => this.#held(position));
    const joins = this.#membership.joins;
    try {
      await this.#membership.commit(positions);
    } catch (error) {
      if (!(error instanceof StaleAssignmentError)) throw error;
      // A commit between two generations belongs to the new one, if that has the partitions too.
      if (!(await this.#membership.joinAfter(joins))) throw error;
      if (held.some(({ isStopped }) => isStopped)) throw error;
      await this.#membership.commit(positions);
    }
  }

  async seek(position: LogPosition): Promise<void> {
    this.#partitions.seek(this.#held(position), position.offset);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#partitions.find(partition)?.pause();
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#partitions.find(partition)?.resume();
  }

  async lag(): Promise<readonly PartitionLag[]> {
    const deliveries = this.#partitions.list();
    const lags: PartitionLag[] = [];
    for (const [topic, ofTopic] of Map.groupBy(deliveries, ({ place }) => place.topic)) {
      const ranges = await this.#admin.ranges(topic);
      for (const { place, handedUpTo } of ofTopic) {
        const range = ranges.find(({ partition }) => partition === place.partition);
        if (!range || handedUpTo === null) continue;
        const behind = range.endOffset - handedUpTo;
        lags.push({ ...place, messages: behind > 0n ? behind : 0n });
      }
    }
    return lags;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#watch.close();
    await this.#partitions.close();
    await this.#membership.leave();
  }

  #held(place: TopicPartition): PartitionDelivery {
    const delivery = this.#partitions.find(place);
    if (delivery) return delivery;
    throw new StaleAssignmentError(
      `Partition ${place.partition} of ${place.topic} is not assigned to this consumer`,
    );
  }
}
