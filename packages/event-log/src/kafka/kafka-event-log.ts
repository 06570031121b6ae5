/** The event log on Apache Kafka, through kafkajs. */
import { steadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import {
  type Consumer,
  type ConsumerOptions,
  type EventLog,
  type Follower,
  type FollowOptions,
  LogBlockedError,
  type LogPosition,
  LogUnavailableError,
  type OutgoingMessage,
  type PartitionRange,
  type TopicSpec,
} from '../event-log.ts';
import { partitionForKey } from '../murmur2.ts';
import { type GroupConsumerDeps, KafkaGroupConsumer } from './group-consumer.ts';
import { type CreateClient, createKafkaClient, type KafkaClientSettings } from './kafka-client.ts';
import { KeptTopics } from './kept-topics.ts';
import { ReadingProblems, SizeRefusals } from './log-problems.ts';
import { KafkaProducer, PUBLISH_LIMIT_MS } from './producer.ts';
import { TopicAdmin } from './topic-admin.ts';
import { KafkaTopicFollower } from './topic-follower.ts';

export type { KafkaSettings } from './kafka-settings.ts';

/** Time for the first answer. */
const OPEN_LIMIT_MS = 10_000;
const PING_LIMIT_MS = 2_000;

export interface KafkaLogOptions {
  /** For a publish with all its attempts; default: as long as the sender of an update can wait. */
  readonly publishLimitMs?: number;
}

/** @throws LogRefusedError when a broker refuses access, LogUnavailableError when none answers. */
export async function openKafkaEventLog(
  settings: KafkaClientSettings,
  logger: Logger,
  { publishLimitMs = PUBLISH_LIMIT_MS }: KafkaLogOptions = {},
): Promise<EventLog> {
  const createClient: CreateClient = (sockets) => createKafkaClient(settings, logger, sockets);
  const admin = new TopicAdmin(createClient, steadyClock);
  try {
    await admin.ping(OPEN_LIMIT_MS);
  } catch (error) {
    await admin.close();
    throw error;
  }
  const problems = new ReadingProblems();
  const topics = new KeptTopics(admin, logger);
  const deps = { createClient, admin, topics, logger, problems, clock: steadyClock };
  return new KafkaEventLog(deps, publishLimitMs);
}

class KafkaEventLog implements EventLog {
  readonly #deps: GroupConsumerDeps;
  readonly #admin: TopicAdmin;
  readonly #producer: KafkaProducer;
  readonly #sizeRefusals = new SizeRefusals();
  readonly #readers = new Set<Consumer | Follower>();
  #closed: Promise<void> | null = null;
  /** Later than the call of `close`: batches under way may still publish and commit. */
  #isShut = false;

  constructor(deps: GroupConsumerDeps, publishLimitMs: number) {
    this.#deps = deps;
    this.#admin = deps.admin;
    const sizeRefusals = this.#sizeRefusals;
    this.#producer = new KafkaProducer({ ...deps, sizeRefusals }, publishLimitMs);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    await this.#deps.topics.ensure(specs);
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    this.#assertOpen();
    await this.#producer.publish(messages);
  }

  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#assertOpen();
    return this.#keep(await KafkaGroupConsumer.join(options, this.#deps));
  }

  async follow(options: FollowOptions): Promise<Follower> {
    this.#assertOpen();
    return this.#keep(await KafkaTopicFollower.follow(options, this.#deps));
  }

  async ranges(topic: string): Promise<readonly PartitionRange[]> {
    this.#assertOpen();
    return this.#admin.ranges(topic);
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<readonly LogPosition[]> {
    this.#assertOpen();
    return this.#admin.offsetsAt(topic, timestampMs);
  }

  async committed(groupId: string, topic: string): Promise<readonly LogPosition[]> {
    this.#assertOpen();
    return this.#admin.committed(groupId, topic);
  }

  /** Brokers compact when they find it worth while; no client can ask them to. */
  async purge(): Promise<boolean> {
    return false;
  }

  async partitionFor(topic: string, key: string): Promise<number> {
    this.#assertOpen();
    return partitionForKey(key, await this.#admin.partitionCount(topic));
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    await this.#admin.ping(PING_LIMIT_MS);
    const problem =
      this.#deps.problems.describe() ?? this.#sizeRefusals.describe(performance.now());
    if (problem !== null) throw new LogBlockedError(problem);
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#readers].map((open) => open.close()));
    this.#isShut = true;
    await this.#producer.close();
    await this.#admin.close();
  }

  /** One that joined while the log was being closed is closed, too. */
  async #keep<Reader extends Consumer | Follower>(reader: Reader): Promise<Reader> {
    if (this.#closed !== null) {
      await reader.close();
      throw new LogUnavailableError('The event log is closed');
    }
    this.#readers.add(reader);
    return reader;
  }

  #assertOpen(): void {
    if (this.#isShut) throw new LogUnavailableError('The event log is closed');
  }
}
