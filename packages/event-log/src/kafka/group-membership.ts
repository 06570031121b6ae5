/**
 * Membership of one consumer in a Kafka group, whatever happens to brokers: a kafkajs consumer that
 * gives up is replaced by a new one until the membership is left. Tells its owner of assignments.
 */
import { setTimeout } from 'node:timers/promises';
import type { SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retry, retryUnlessAborted } from '@hookpulse/common/runtime/retry';
import { reasonOf } from '@hookpulse/common/runtime/wait-log';
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import {
  isLogOutage,
  type LogPosition,
  LogRefusedError,
  LogUnavailableError,
  type TopicPartition,
} from '../event-log.ts';
import { ClientSockets } from './client-sockets.ts';
import { type CreateClient, RETRY_OPTIONS } from './kafka-client.ts';
import { isUnknownTopic, toLogError, withinMs } from './kafka-errors.ts';
import type { KeptTopics } from './kept-topics.ts';
import { OffsetCommitter } from './offset-committer.ts';

/**
 * How a member came to an assignment.
 * - `rebalanced`: it was a member without interruption, so what it holds in both it has held since.
 * - `returned`: it was away, and others may have had its partitions.
 * - `topic-changed`: as `returned`, and the topic may have been recreated.
 */
export type JoinReason = 'rebalanced' | 'returned' | 'topic-changed';

/** What the owner of a membership does. */
export interface MembershipListener {
  /** Called before anything of the new assignment is fetched; seeks and pauses apply to it. */
  onJoined(assignment: readonly TopicPartition[], reason: JoinReason): void;
  /** Nothing is held until the next `onJoined`. */
  onLost(): void;
  /** Must not throw. Nothing more is fetched before it resolves, so it has to be quick. */
  onBatch(payload: EachBatchPayload): Promise<void>;
}

/**
 * After so long without a heartbeat others get the partitions, when a process was killed; after an
 * outage a group waits as long for members that it had. The shortest that brokers allow by default.
 */
const SESSION_TIMEOUT_MS = 6_000;
/** How soon a member notices that others came or went. */
const HEARTBEAT_INTERVAL_MS = 1_000;
/** Members rejoin at once, because no handler is waited for. */
const REBALANCE_TIMEOUT_MS = 6_000;
/** How long a fetch waits at the broker for messages; seeks, resumes and stopping wait for it. */
const FETCH_WAIT_MS = 250;
/** New partitions of a topic are found after this. */
const METADATA_MAX_AGE_MS = 5_000;
/** Time for a first join, after which its caller is told. */
const JOIN_LIMIT_MS = 10_000;
/** Stopping a process takes no longer, whether brokers answer or not. */
const LEAVE_LIMIT_MS = 3_000;
const FIRST_RETURN_PAUSE_MS = 250;
const MAX_RETURN_PAUSE_MS = 2_000;

export interface MembershipSettings {
  readonly groupId: string;
  readonly topics: readonly string[];
}

export interface MembershipDeps {
  readonly createClient: CreateClient;
  readonly topics: Pick<KeptTopics, 'restore'>;
  readonly clock: SteadyClock;
}

export class GroupMembership {
  readonly #deps: MembershipDeps;
  readonly #settings: MembershipSettings;
  readonly #listener: MembershipListener;
  readonly #logger: Logger;
  readonly #leaving = new AbortController();
  #consumer: Consumer | null = null;
  #sockets: ClientSockets | null = null;
  #committer: OffsetCommitter | null = null;
  /** Null while it is no member. */
  #memberId: string | null = null;
  #joins = 0;
  #onNextJoin = Promise.withResolvers<void>();
  #isRebalancing = false;
  #topicMayHaveChanged = false;
  #returning: Promise<void> = Promise.resolve();

  constructor(
    deps: MembershipDeps,
    settings: MembershipSettings,
    listener: MembershipListener,
    logger: Logger,
  ) {
    this.#deps = deps;
    this.#settings = settings;
    this.#listener = listener;
    this.#logger = logger;
  }

  /**
   * Resolves when the member has its first assignment. Tries for a while, because coordinators that
   * have just started refuse members.
   * @throws UnknownTopicError, LogUnavailableError
   */
  async join(): Promise<void> {
    const { clock } = this.#deps;
    const giveUpMs = clock.now() + JOIN_LIMIT_MS;
    await retry(() => this.#start(), {
      pauseMs: FIRST_RETURN_PAUSE_MS,
      onFailure: (error) => {
        const logError = toLogError(error, `join ${this.#settings.groupId}`);
        if (!isLogOutage(logError) || clock.now() > giveUpMs) throw logError;
      },
    });
  }

  /**
   * @throws StaleAssignmentError when the group is rebalancing or has moved on
   * @throws LogUnavailableError
   */
  async commit(positions: readonly LogPosition[]): Promise<void> {
    if (!this.#committer || this.#memberId === null) {
      throw new LogUnavailableError('commit: the consumer is not a member of its group');
    }
    await this.#committer.commit(positions);
  }

  get isMember(): boolean {
    return this.#memberId !== null && !this.#leaving.signal.aborted;
  }

  /** How often this member has been given an assignment. */
  get joins(): number {
    return this.#joins;
  }

  /** Waits for an assignment after the first `joins`; false when none came in time. */
  async joinAfter(joins: number): Promise<boolean> {
    if (this.#joins > joins) return true;
    const limit = new AbortController();
    const tooLong = setTimeout(REBALANCE_TIMEOUT_MS, undefined, { signal: limit.signal });
    await Promise.race([this.#onNextJoin.promise, tooLong.catch(() => undefined)]);
    limit.abort();
    return this.#joins > joins;
  }

  seek({ topic, partition, offset }: LogPosition): void {
    this.#whileRunning((consumer) => consumer.seek({ topic, partition, offset: String(offset) }));
  }

  pause({ topic, partition }: TopicPartition): void {
    this.#whileRunning((consumer) => consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: TopicPartition): void {
    this.#whileRunning((consumer) => consumer.resume([{ topic, partitions: [partition] }]));
  }

  /**
   * Leaves the group. Nothing is told to the listener any more. When brokers do not answer, the group
   * notices by itself after the session time.
   */
  async leave(): Promise<void> {
    this.#leaving.abort();
    const left = Promise.all([this.#consumer?.disconnect(), this.#returning]);
    await withinMs(LEAVE_LIMIT_MS, 'leave', left).catch((error) => {
      this.#logger.debug({ err: error }, 'the consumer left its group without a leave request');
    });
    this.#consumer = null;
    this.#sockets?.shut();
  }

  /** One kafkajs consumer, from its making to its first assignment; then it runs by itself. */
  async #start(): Promise<void> {
    const { groupId, topics } = this.#settings;
    const sockets = new ClientSockets();
    const consumer = this.#deps.createClient(sockets).consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      // A crash is answered here, with a new consumer that knows nothing of old brokers.
      retry: { ...RETRY_OPTIONS, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    this.#sockets = sockets;
    this.#committer = new OffsetCommitter(consumer);
    const joined = Promise.withResolvers<void>();
    joined.promise.catch(() => undefined);
    consumer.on(consumer.events.REBALANCING, () => {
      this.#isRebalancing = true;
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#onGroupJoin(payload);
      joined.resolve();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      sockets.shut();
      joined.reject(payload.error);
      this.#onCrash(payload.error);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#listener.onBatch(payload),
      });
      await joined.promise;
    } catch (error) {
      if (this.#consumer === consumer) this.#consumer = null;
      sockets.shut();
      await consumer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  #onGroupJoin({ memberId, memberAssignment }: ConsumerGroupJoinEvent['payload']): void {
    if (this.#leaving.signal.aborted) return;
    const reason = this.#joinReason(memberId);
    this.#memberId = memberId;
    this.#isRebalancing = false;
    this.#topicMayHaveChanged = false;
    const assignment = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    this.#listener.onJoined(assignment, reason);
    this.#joins += 1;
    this.#onNextJoin.resolve();
    this.#onNextJoin = Promise.withResolvers();
  }

  #joinReason(memberId: string): JoinReason {
    if (this.#topicMayHaveChanged) return 'topic-changed';
    if (this.#memberId !== memberId) return 'returned';
    // kafkajs rejoins without a word of rebalancing when a broker no longer knows a partition.
    return this.#isRebalancing ? 'rebalanced' : 'topic-changed';
  }

  /** kafkajs has given up and disconnected. */
  #onCrash(error: Error): void {
    // A first join that fails is its caller's affair.
    if (this.#memberId === null || this.#leaving.signal.aborted) return;
    const reason = reasonOf(error);
    this.#logger.warn({ reason }, 'the consumer failed; a new one joins the group');
    this.#memberId = null;
    this.#topicMayHaveChanged ||= isUnknownTopic(error);
    this.#listener.onLost();
    this.#returning = this.#return();
  }

  async #return(): Promise<void> {
    const { signal } = this.#leaving;
    let isRefusalSaid = false;
    await setTimeout(FIRST_RETURN_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await retryUnlessAborted(() => this.#start(), {
      signal,
      pauseMs: 2 * FIRST_RETURN_PAUSE_MS,
      longestPauseMs: MAX_RETURN_PAUSE_MS,
      onFailure: (error) => {
        if (isUnknownTopic(error)) {
          this.#topicMayHaveChanged = true;
          this.#deps.topics.restore();
        }
        const logError = toLogError(error, `join ${this.#settings.groupId}`);
        if (logError instanceof LogRefusedError && !isRefusalSaid) {
          this.#logger.error(
            { err: logError },
            'Kafka refuses access; retrying until this is fixed',
          );
          isRefusalSaid = true;
        } else {
          this.#logger.debug({ err: error }, 'Kafka is still unreachable');
        }
      },
    });
  }

  /** A consumer that is stopping takes no orders; the next assignment gives them again. */
  #whileRunning(order: (consumer: Consumer) => void): void {
    if (!this.#consumer || this.#memberId === null) return;
    try {
      order(this.#consumer);
    } catch (error) {
      this.#logger.debug({ err: error }, 'the consumer is stopping');
    }
  }
}
