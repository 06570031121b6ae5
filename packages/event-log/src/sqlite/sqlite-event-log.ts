/** The embedded event log: SQLite in this process, a writer thread, groups in memory. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileLock, FileLockedError, lockFile } from '@hookpulse/common/runtime/file-lock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { DAY_MS } from '@hookpulse/common/values/durations';
import {
  type Consumer,
  type ConsumerOptions,
  type EventLog,
  type Follower,
  type FollowOptions,
  type LogPosition,
  LogUnavailableError,
  type OutgoingMessage,
  type PartitionRange,
  type TopicSpec,
} from '../event-log.ts';
import { assertFits } from '../limits.ts';
import { GroupConsumer } from './group-consumer.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { LogReader } from './log-reader.ts';
import { TopicCatalog } from './topic-catalog.ts';
import { TopicFollower } from './topic-follower.ts';
import { WriterClient } from './writer-client.ts';

const LOCK_FILE = 'log.lock';
/** Kafka's default of `delete.retention.ms`. */
const DEFAULT_TOMBSTONE_RETENTION_MS = DAY_MS;
const DEFAULT_MAINTENANCE_INTERVAL_MS = 60_000;

export interface SqliteLogSettings {
  /** Folder of the database file; created when missing. */
  readonly directory: string;
  /** Age at which messages of topics that are not compacted are deleted, days. */
  readonly retentionDays: number;
  /** Age at which tombstones of compacted topics are deleted. Default: a day. */
  readonly tombstoneRetentionMs?: number;
  /** How often old messages are looked for. Default: a minute. */
  readonly maintenanceIntervalMs?: number;
}

/** The port, and what only the embedded log needs. */
export interface SqliteEventLog extends EventLog {
  /** Deletes a topic, its messages and its committed offsets. @throws UnknownTopicError */
  deleteTopic(topic: string): Promise<void>;
}

/** @throws LogUnavailableError when another process has it, or it cannot be opened. */
export async function openSqliteEventLog(
  settings: SqliteLogSettings,
  logger: Logger,
): Promise<SqliteEventLog> {
  await mkdir(settings.directory, { recursive: true });
  const lock = lockLog(settings.directory);
  const catalog = new TopicCatalog();
  try {
    const writer = await WriterClient.open(
      {
        directory: settings.directory,
        retentionMs: settings.retentionDays * DAY_MS,
        tombstoneRetentionMs: settings.tombstoneRetentionMs ?? DEFAULT_TOMBSTONE_RETENTION_MS,
        maintenanceIntervalMs: settings.maintenanceIntervalMs ?? DEFAULT_MAINTENANCE_INTERVAL_MS,
      },
      logger,
      (ends) => catalog.advance(ends),
    );
    const reader = LogReader.open(settings.directory);
    catalog.load(reader.storedPartitions());
    return new EmbeddedEventLog({ lock, catalog, writer, reader, logger });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** One process per log: offsets and groups are kept in its memory. */
function lockLog(directory: string): FileLock {
  try {
    return lockFile(join(directory, LOCK_FILE));
  } catch (error) {
    if (!(error instanceof FileLockedError)) throw error;
    throw new LogUnavailableError(`The event log in ${directory} is in use by another process`, {
      cause: error,
    });
  }
}

interface EmbeddedEventLogDeps {
  readonly lock: FileLock;
  readonly catalog: TopicCatalog;
  readonly writer: WriterClient;
  readonly reader: LogReader;
  readonly logger: Logger;
}

class EmbeddedEventLog implements SqliteEventLog {
  readonly #deps: EmbeddedEventLogDeps;
  readonly #coordinator: GroupCoordinator;
  readonly #consumers = new Set<Consumer>();
  readonly #followers = new Set<Follower>();
  #closed: Promise<void> | null = null;
  /** Later than the call of `close`: batches under way may still publish and commit. */
  #isShut = false;

  constructor(deps: EmbeddedEventLogDeps) {
    this.#deps = deps;
    this.#coordinator = new GroupCoordinator(deps.catalog);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    const { writer } = this.#deps;
    await writer.execute({ kind: 'create-topics', specs });
    this.#reloadCatalog();
  }

  async deleteTopic(topic: string): Promise<void> {
    this.#assertOpen();
    const { catalog, writer } = this.#deps;
    catalog.partitions(topic);
    catalog.forget(topic);
    await writer.execute({ kind: 'delete-topic', topic });
    this.#reloadCatalog();
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    this.#assertOpen();
    if (messages.length === 0) return;
    const { catalog, writer } = this.#deps;
    const placed = messages.map((message) => {
      assertFits(message);
      return { partitionId: catalog.partitionForKey(message.topic, message.key).id, message };
    });
    await writer.append(placed);
  }

  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#assertOpen();
    for (const topic of options.topics) this.#deps.catalog.partitions(topic);
    const consumer = new GroupConsumer(options, { ...this.#deps, coordinator: this.#coordinator });
    this.#consumers.add(consumer);
    return consumer;
  }

  async follow(options: FollowOptions): Promise<Follower> {
    this.#assertOpen();
    const follower = new TopicFollower(options, this.#deps);
    this.#followers.add(follower);
    return follower;
  }

  async ranges(topic: string): Promise<readonly PartitionRange[]> {
    this.#assertOpen();
    const { catalog, reader } = this.#deps;
    return catalog.partitions(topic).map((state) => ({
      topic,
      partition: state.partition,
      startOffset: BigInt(reader.startOffset(state)),
      endOffset: BigInt(state.endOffset),
    }));
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<readonly LogPosition[]> {
    this.#assertOpen();
    const { catalog, reader } = this.#deps;
    return catalog.partitions(topic).map((state) => ({
      topic,
      partition: state.partition,
      offset: BigInt(reader.offsetAt(state, timestampMs)),
    }));
  }

  async committed(groupId: string, topic: string): Promise<readonly LogPosition[]> {
    this.#assertOpen();
    const { catalog, reader } = this.#deps;
    return catalog.partitions(topic).flatMap((state) => {
      const offset = reader.committedOffset(groupId, state);
      return offset === null ? [] : [{ topic, partition: state.partition, offset: BigInt(offset) }];
    });
  }

  async partitionFor(topic: string, key: string): Promise<number> {
    this.#assertOpen();
    return this.#deps.catalog.partitionForKey(topic, key).partition;
  }

  async purge(): Promise<boolean> {
    this.#assertOpen();
    await this.#deps.writer.execute({ kind: 'purge' });
    return true;
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    await this.#deps.writer.execute({ kind: 'prove-writable' });
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const { lock, reader, writer } = this.#deps;
    const readers = [...this.#consumers, ...this.#followers];
    await Promise.all(readers.map((open) => open.close()));
    this.#isShut = true;
    // The last connection to close copies the write-ahead log into the database.
    reader.close();
    await writer.close();
    lock.release();
  }

  #reloadCatalog(): void {
    this.#deps.catalog.load(this.#deps.reader.storedPartitions());
  }

  #assertOpen(): void {
    if (this.#isShut) throw new LogUnavailableError('The event log is closed');
  }
}
