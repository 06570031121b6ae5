/**
 * The partitions that a member holds: revoked and assigned as the group decides, one step after the
 * other, and delivered at the pace of each.
 */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retryUnlessAborted } from '@hookpulse/common/runtime/retry';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import type { EachBatchPayload } from 'kafkajs';
import type { ConsumerHandler, LogPosition, TopicPartition } from '../event-log.ts';
import { REDELIVERY_PAUSE_MS } from '../limits.ts';
import { FetchGate, type Fetching } from './fetch-gate.ts';
import type { JoinReason, MembershipListener } from './group-membership.ts';
import type { ReadingProblems } from './log-problems.ts';
import { PartitionDelivery } from './partition-delivery.ts';
import type { StartPositions } from './start-positions.ts';
import { type FetchReach, fetchedMessagesOf, reachOf } from './whole-fetches.ts';

/** What cannot be read is there for long; perhaps it was deleted meanwhile. */
const UNREADABLE_RETRY_MS = 5_000;

export interface AssignedPartitionsDeps {
  readonly groupId: string;
  readonly problems: ReadingProblems;
  readonly handler: ConsumerHandler;
  readonly maxBatchMessages: number;
  readonly startPositions: StartPositions;
  readonly fetching: Fetching;
  readonly logger: Logger;
  /** Told before partitions are assigned anew that their topic may have been recreated. */
  onTopicMayHaveChanged(): void;
}

export class AssignedPartitions implements MembershipListener {
  readonly #deps: AssignedPartitionsDeps;
  readonly #gate: FetchGate;
  /** What is held or being assigned, by `keyOf`. */
  readonly #deliveries = new Map<string, PartitionDelivery>();
  #transitions: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(deps: AssignedPartitionsDeps) {
    this.#deps = deps;
    this.#gate = new FetchGate(deps.fetching);
  }

  /** Undefined when the partition is not held. */
  find(place: TopicPartition): PartitionDelivery | undefined {
    return this.#deliveries.get(keyOf(place));
  }

  list(): readonly PartitionDelivery[] {
    return [...this.#deliveries.values()];
  }

  seek(delivery: PartitionDelivery, offset: bigint): void {
    delivery.seek(offset);
    this.#deps.fetching.seek({ ...delivery.place, offset });
    this.#gate.open(delivery);
  }

  /**
   * Finishes the batches under way and revokes everything. The partitions can commit until then. What
   * asks a broker where to start is not waited for: the broker may be away.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    const held = this.list();
    for (const delivery of held) delivery.stop();
    this.#transition(() => this.#revoke(held));
    await this.#transitions;
    this.#drop(held);
  }

  /** The topic was recreated: its owner has to begin anew, as for any assignment. */
  assignAnew(delivery: PartitionDelivery): void {
    if (this.#closing.signal.aborted || delivery.isStopped) return;
    this.#deps.onTopicMayHaveChanged();
    this.#drop([delivery]);
    const successor = this.#add(delivery.place);
    this.#transition(() => this.#revoke([delivery]));
    this.#transition(() => this.#start([successor]));
  }

  onJoined(assignment: readonly TopicPartition[], reason: JoinReason): void {
    if (this.#closing.signal.aborted) return;
    if (reason === 'topic-changed') this.#deps.onTopicMayHaveChanged();
    const assigned = new Map(assignment.map((place) => [keyOf(place), place]));
    const isKept = ({ place }: PartitionDelivery) =>
      reason === 'rebalanced' && assigned.has(keyOf(place));
    const lost = this.list().filter((delivery) => !isKept(delivery));
    this.#drop(lost);
    for (const kept of this.list()) this.#fetchOn(kept);
    const gained = [...assigned.values()]
      .filter((place) => !this.find(place))
      .map((place) => this.#add(place));
    this.#transition(() => this.#revoke(lost));
    this.#transition(() => this.#start(gained));
  }

  onLost(): void {
    const lost = this.list();
    this.#drop(lost);
    this.#transition(() => this.#revoke(lost));
  }

  async onBatch({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    const delivery = this.find(batch);
    // Not resolved, so it is fetched again from where the next seek says.
    if (!delivery || delivery.isStopped || delivery.fetchedUpTo === null || isStale()) return;
    const reach = reachOf(batch);
    if (delivery.isBefore(reach.fetchedOffset)) {
      this.assignAnew(delivery);
      return;
    }
    delivery.accept(fetchedMessagesOf(batch, reach));
    resolveOffset(String(reach.nextOffset - 1n));
    this.#tellProblem(delivery, reach);
    await this.#gate.waitForRoom(delivery);
  }

  /** A partition with a batch that cannot be read is left alone for a while, and the others go on. */
  #tellProblem(delivery: PartitionDelivery, { unreadable }: FetchReach): void {
    const { place } = delivery;
    const { groupId, problems, fetching, logger } = this.#deps;
    if (unreadable === null) {
      problems.gone(groupId, place);
      return;
    }
    const { codec, reason } = unreadable;
    const offset = String(unreadable.offset);
    logger.error({ ...place, offset, codec, reason }, 'records cannot be read; reading stops here');
    problems.found(groupId, place, unreadable);
    fetching.pause(place);
    setTimeout(UNREADABLE_RETRY_MS, undefined, { ref: false }).then(() => {
      if (!delivery.isStopped) fetching.resume(place);
    });
  }

  /** Nothing is fetched of it before its start position is known. */
  #add(place: TopicPartition): PartitionDelivery {
    const { fetching, handler, logger, maxBatchMessages } = this.#deps;
    const delivery = new PartitionDelivery(place, {
      maxBatchMessages,
      redeliveryPauseMs: REDELIVERY_PAUSE_MS,
      onBatch: (batch) => handler.onBatch(batch),
      onRejected: (error) => logger.warn({ err: error, ...place }, 'batch is redelivered'),
      onRoom: () => this.#gate.open(delivery),
    });
    this.#deliveries.set(keyOf(place), delivery);
    fetching.pause(place);
    return delivery;
  }

  #drop(deliveries: readonly PartitionDelivery[]): void {
    for (const delivery of deliveries) {
      delivery.stop();
      this.#gate.forget(delivery);
      this.#deps.problems.gone(this.#deps.groupId, delivery.place);
      if (this.find(delivery.place) === delivery) this.#deliveries.delete(keyOf(delivery.place));
    }
  }

  /** kafkajs starts a new generation at committed offsets; what is kept goes on where it was. */
  #fetchOn({ place, fetchedUpTo }: PartitionDelivery): void {
    if (fetchedUpTo !== null) this.#deps.fetching.seek({ ...place, offset: fetchedUpTo });
  }

  #transition(step: () => Promise<void>): void {
    this.#transitions = this.#transitions.then(step);
  }

  async #revoke(lost: readonly PartitionDelivery[]): Promise<void> {
    if (lost.length === 0) return;
    await Promise.all(lost.map(({ ended }) => ended));
    try {
      await this.#deps.handler.onRevoked(lost.map(({ place }) => place));
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'revocation failed');
    }
  }

  /** Asks where to start; partitions that are lost meanwhile drop out. */
  async #start(gained: readonly PartitionDelivery[]): Promise<void> {
    const { fetching, handler, startPositions } = this.#deps;
    const chosen = await this.#untilDone(gained, (places) => handler.onAssigned(places));
    if (!chosen) return;
    const positions = await this.#untilDone(gained, (places) =>
      untilAborted(startPositions.resolve(places, chosen), this.#closing.signal),
    );
    for (const { topic, partition, offset } of positions ?? []) {
      const delivery = gained.find(
        ({ place }) => place.topic === topic && place.partition === partition,
      );
      if (!delivery || delivery.isStopped) continue;
      this.seek(delivery, offset);
      fetching.resume(delivery.place);
    }
  }

  /** Tries until it works; null when none of the partitions is held any more. */
  async #untilDone(
    gained: readonly PartitionDelivery[],
    step: (places: readonly TopicPartition[]) => Promise<readonly LogPosition[]>,
  ): Promise<readonly LogPosition[] | null> {
    const wait = createWaitLog(this.#deps.logger, 'assignment failed; retrying');
    return retryUnlessAborted(
      async () => {
        const places = gained.filter(({ isStopped }) => !isStopped).map(({ place }) => place);
        return places.length === 0 ? null : step(places);
      },
      {
        signal: this.#closing.signal,
        pauseMs: REDELIVERY_PAUSE_MS,
        onFailure: (error) => wait.failed(error),
      },
    );
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
