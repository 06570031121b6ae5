/** A member of a Kafka consumer group as the port has it: assignments, delivery, commits. */
import { setTimeout } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from '../../runtime/logger.ts';
import {
  type Consumer,
  type ConsumerHandler,
  type ConsumerOptions,
  type LogPosition,
  type PartitionLag,
  StaleAssignmentError,
  type TopicPartition,
} from '../event-log.ts';
import { DEFAULT_MAX_BATCH_MESSAGES, REDELIVERY_PAUSE_MS } from '../limits.ts';
import { GroupMembership, type JoinReason, type MembershipListener } from './group-membership.ts';
import { toLogMessages } from './kafka-messages.ts';
import { PartitionDelivery } from './partition-delivery.ts';
import { StartPositions } from './start-positions.ts';
import type { TopicAdmin } from './topic-admin.ts';

export interface GroupConsumerDeps {
  readonly createClient: () => Kafka;
  readonly admin: TopicAdmin;
  readonly logger: Logger;
  /** Told before partitions are assigned anew that their topic may have been recreated. */
  onTopicMayHaveChanged?(): void;
}

/**
 * How long a full partition holds back the fetching of all before it is left out of it: most
 * handlers are done by then, and fetching goes on without a break.
 */
const ROOM_WAIT_MS = 100;

export class KafkaGroupConsumer implements Consumer, MembershipListener {
  readonly #handler: ConsumerHandler;
  readonly #maxBatchMessages: number;
  readonly #deps: GroupConsumerDeps;
  readonly #startPositions: StartPositions;
  readonly #membership: GroupMembership;
  /** What is held or being assigned, by `keyOf`. */
  readonly #deliveries = new Map<string, PartitionDelivery>();
  /** Partitions that are left out of fetching because they are full. */
  readonly #full = new Set<PartitionDelivery>();
  readonly #roomWaiters = new Map<PartitionDelivery, () => void>();
  /** Revocations and assignments, one after the other. */
  #transitions: Promise<void> = Promise.resolve();
  #closed: Promise<void> | null = null;

  private constructor(options: ConsumerOptions, deps: GroupConsumerDeps) {
    this.#handler = options.handler;
    this.#maxBatchMessages = options.maxBatchMessages ?? DEFAULT_MAX_BATCH_MESSAGES;
    this.#deps = deps;
    this.#startPositions = new StartPositions(options.groupId, deps.admin);
    this.#membership = new GroupMembership(deps.createClient, options, this, deps.logger);
  }

  /** @throws UnknownTopicError, LogUnavailableError */
  static async join(
    options: ConsumerOptions,
    deps: GroupConsumerDeps,
  ): Promise<KafkaGroupConsumer> {
    for (const topic of options.topics) await deps.admin.partitionCount(topic);
    const consumer = new KafkaGroupConsumer(options, deps);
    await consumer.#membership.join();
    return consumer;
  }

  async commit(positions: readonly LogPosition[]): Promise<void> {
    for (const position of positions) this.#held(position);
    const joins = this.#membership.joins;
    try {
      await this.#membership.commit(positions);
    } catch (error) {
      if (!(error instanceof StaleAssignmentError)) throw error;
      await this.#commitAfterRebalance(positions, joins, error);
    }
  }

  async seek(position: LogPosition): Promise<void> {
    const delivery = this.#held(position);
    delivery.seek(position.offset);
    this.#membership.seek(position);
    this.#fetchAgain(delivery);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#deliveries.get(keyOf(partition))?.pause();
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#deliveries.get(keyOf(partition))?.resume();
  }

  async lag(): Promise<readonly PartitionLag[]> {
    const deliveries = [...this.#deliveries.values()];
    const topics = new Set(deliveries.map(({ place }) => place.topic));
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const range of await this.#deps.admin.ranges(topic)) {
        ends.set(keyOf(range), range.endOffset);
      }
    }
    return deliveries.flatMap(({ place, handedUpTo }) => {
      const endOffset = ends.get(keyOf(place));
      if (endOffset === undefined || handedUpTo === null) return [];
      return [{ ...place, messages: endOffset > handedUpTo ? endOffset - handedUpTo : 0n }];
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  onJoined(assignment: readonly TopicPartition[], reason: JoinReason): void {
    if (this.#closed !== null) return;
    if (reason === 'topic-changed') this.#deps.onTopicMayHaveChanged?.();
    const assigned = new Map(assignment.map((place) => [keyOf(place), place]));
    const isKept = (key: string) => reason === 'rebalanced' && assigned.has(key);
    const lost = [...this.#deliveries].filter(([key]) => !isKept(key)).map(([, held]) => held);
    this.#drop(lost);
    for (const delivery of this.#deliveries.values()) this.#refetch(delivery);
    const gained = [...assigned]
      .filter(([key]) => !this.#deliveries.has(key))
      .map(([, place]) => this.#add(place));
    this.#transition(() => this.#revoke(lost));
    this.#transition(() => this.#start(gained));
  }

  onLost(): void {
    const lost = [...this.#deliveries.values()];
    this.#drop(lost);
    this.#transition(() => this.#revoke(lost));
  }

  async onBatch({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    const delivery = this.#deliveries.get(keyOf(batch));
    // Not resolved, so it is fetched again from where the next seek says.
    if (!delivery || delivery.isStopped || delivery.fetchedUpTo === null || isStale()) return;
    const firstOffset = BigInt(batch.firstOffset() ?? batch.lastOffset());
    if (delivery.isBefore(firstOffset)) {
      this.#assignAnew(delivery);
      return;
    }
    delivery.accept(toLogMessages(batch), BigInt(batch.highWatermark));
    resolveOffset(batch.lastOffset());
    if (delivery.isFull) await this.#waitForRoom(delivery);
  }

  #drop(deliveries: readonly PartitionDelivery[]): void {
    for (const delivery of deliveries) {
      delivery.stop();
      this.#full.delete(delivery);
      const key = keyOf(delivery.place);
      if (this.#deliveries.get(key) === delivery) this.#deliveries.delete(key);
    }
  }

  /** Nothing is fetched of it before its start position is known. */
  #add(place: TopicPartition): PartitionDelivery {
    const delivery = new PartitionDelivery(place, {
      maxBatchMessages: this.#maxBatchMessages,
      redeliveryPauseMs: REDELIVERY_PAUSE_MS,
      onBatch: (batch) => this.#handler.onBatch(batch),
      onRejected: (error) =>
        this.#deps.logger.warn({ err: error, ...place }, 'batch is delivered again'),
      onRoom: () => this.#fetchAgain(delivery),
    });
    this.#deliveries.set(keyOf(place), delivery);
    this.#membership.pause(place);
    return delivery;
  }

  /** kafkajs starts a new generation at committed offsets; what is held goes on where it was. */
  #refetch(delivery: PartitionDelivery): void {
    const { place, fetchedUpTo } = delivery;
    if (fetchedUpTo !== null) this.#membership.seek({ ...place, offset: fetchedUpTo });
  }

  /** The topic was recreated: its owner has to begin anew, as for any assignment. */
  #assignAnew(delivery: PartitionDelivery): void {
    this.#deps.onTopicMayHaveChanged?.();
    this.#drop([delivery]);
    const successor = this.#add(delivery.place);
    this.#transition(() => this.#revoke([delivery]));
    this.#transition(() => this.#start([successor]));
  }

  #transition(step: () => Promise<void>): void {
    this.#transitions = this.#transitions.then(step);
  }

  /** Asks the handler where to start until it answers; whoever is lost meanwhile drops out. */
  async #start(gained: readonly PartitionDelivery[]): Promise<void> {
    const places = () => gained.filter(({ isStopped }) => !isStopped).map(({ place }) => place);
    const chosen = await this.#untilDone(places, (wanted) => this.#handler.onAssigned(wanted));
    if (!chosen) return;
    const positions = await this.#untilDone(places, (wanted) =>
      this.#startPositions.resolve(wanted, chosen),
    );
    for (const delivery of gained) {
      const offset = positions?.get(keyOf(delivery.place));
      if (offset !== undefined && !delivery.isStopped) this.#begin(delivery, offset);
    }
  }

  /** Tries until it works; null when none of the places is held any more. */
  async #untilDone<Result>(
    places: () => readonly TopicPartition[],
    step: (wanted: readonly TopicPartition[]) => Promise<Result>,
  ): Promise<Result | null> {
    for (;;) {
      const wanted = places();
      if (wanted.length === 0) return null;
      try {
        return await step(wanted);
      } catch (error) {
        this.#deps.logger.warn({ err: error }, 'assignment is tried again');
        await setTimeout(REDELIVERY_PAUSE_MS);
      }
    }
  }

  #begin(delivery: PartitionDelivery, offset: bigint): void {
    delivery.seek(offset);
    this.#membership.seek({ ...delivery.place, offset });
    this.#membership.resume(delivery.place);
  }

  async #revoke(lost: readonly PartitionDelivery[]): Promise<void> {
    if (lost.length === 0) return;
    await Promise.all(lost.map(({ ended }) => ended));
    try {
      await this.#handler.onRevoked(lost.map(({ place }) => place));
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'revocation failed');
    }
  }

  async #waitForRoom(delivery: PartitionDelivery): Promise<void> {
    const room = Promise.withResolvers<void>();
    this.#roomWaiters.set(delivery, room.resolve);
    const limit = new AbortController();
    const tooLong = setTimeout(ROOM_WAIT_MS, undefined, { signal: limit.signal });
    await Promise.race([room.promise, tooLong.catch(() => undefined)]);
    limit.abort();
    this.#roomWaiters.delete(delivery);
    if (!delivery.isFull || delivery.isStopped) return;
    this.#full.add(delivery);
    this.#membership.pause(delivery.place);
  }

  #fetchAgain(delivery: PartitionDelivery): void {
    this.#roomWaiters.get(delivery)?.();
    if (this.#full.delete(delivery)) this.#membership.resume(delivery.place);
  }

  /** A commit that came between two generations belongs to the new one, if it still may. */
  async #commitAfterRebalance(
    positions: readonly LogPosition[],
    joins: number,
    error: StaleAssignmentError,
  ): Promise<void> {
    const held = positions.map((position) => this.#held(position));
    if (!(await this.#membership.joinAfter(joins))) throw error;
    if (held.some(({ isStopped }) => isStopped)) throw error;
    await this.#membership.commit(positions);
  }

  #held(place: TopicPartition): PartitionDelivery {
    const delivery = this.#deliveries.get(keyOf(place));
    if (delivery) return delivery;
    throw new StaleAssignmentError(
      `Partition ${place.partition} of ${place.topic} is not this consumer's`,
    );
  }

  async #close(): Promise<void> {
    const held = [...this.#deliveries.values()];
    for (const delivery of held) delivery.stop();
    this.#transition(() => this.#revoke(held));
    await this.#transitions;
    this.#deliveries.clear();
    await this.#membership.leave();
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
