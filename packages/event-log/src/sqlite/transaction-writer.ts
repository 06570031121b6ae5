/** Executes the transactions of the writer thread. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { TopicSpec } from '../event-log.ts';
import { createCompactionIndexes, createMessagesTable, messagesTable } from './database.ts';
import { PartitionAppender } from './partition-appender.ts';
import { numberColumn } from './rows.ts';
import type {
  AppendFrame,
  CommittedOffset,
  PartitionEnds,
  TransactionRequest,
  WriterOperation,
} from './writer-protocol.ts';
import { NULL_VALUE } from './writer-protocol.ts';

export class TransactionWriter {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #commitOffset: StatementSync;
  /** Appenders know the end of their partition, so they live only as long as nothing failed. */
  readonly #appenders = new Map<number, PartitionAppender>();

  /** @param clock - of the times that messages get */
  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#commitOffset = database.prepare(
      `INSERT INTO committed_offsets (group_id, partition_id, next_offset) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset`,
    );
  }

  /** @throws whatever SQLite says; then nothing of the request was written. A purge is a request of its own. */
  execute(request: TransactionRequest): PartitionEnds {
    try {
      this.#begin.run();
      const ends = request.frame
        ? this.#append(request.frame)
        : { partitionIds: [], endOffsets: [] };
      for (const operation of request.operations) this.#execute(operation);
      this.#commit.run();
      if (request.operations.some(({ kind }) => kind === 'purge')) this.#purge();
      return ends;
    } catch (error) {
      this.#appenders.clear();
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** In the database itself `secure_delete` has overwritten it. */
  #purge(): void {
    const result = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {};
    if (numberColumn(result, 'busy') !== 0) throw new Error('the write-ahead log is being read');
  }

  #append(frame: AppendFrame): PartitionEnds {
    const nowMs = this.#clock.now();
    const touched = new Set<PartitionAppender>();
    let start = 0;
    for (const [index, partitionId] of frame.partitionIds.entries()) {
      const appender = this.#appender(partitionId);
      const length = frame.valueLengths[index] ?? NULL_VALUE;
      const value = length === NULL_VALUE ? null : new Uint8Array(frame.values, start, length);
      if (value) start += length;
      appender.append(nowMs, frame.keys[index] ?? '', value, frame.headers[index] ?? null);
      touched.add(appender);
    }
    const partitionIds: number[] = [];
    const endOffsets: number[] = [];
    for (const appender of touched) {
      partitionIds.push(appender.partitionId);
      endOffsets.push(appender.endOffset);
    }
    return { partitionIds, endOffsets };
  }

  #appender(partitionId: number): PartitionAppender {
    let appender = this.#appenders.get(partitionId);
    if (!appender) {
      const row = this.#database
        .prepare('SELECT compacted FROM partitions WHERE id = ?')
        .get(partitionId);
      const isCompacted = numberColumn(row ?? {}, 'compacted') === 1;
      appender = new PartitionAppender(this.#database, partitionId, isCompacted);
      this.#appenders.set(partitionId, appender);
    }
    return appender;
  }

  #execute(operation: WriterOperation): void {
    switch (operation.kind) {
      case 'create-topics':
        for (const spec of operation.specs) this.#createTopic(spec);
        break;
      case 'delete-topic':
        this.#deleteTopic(operation.topic);
        break;
      case 'purge':
        // Not within a transaction: `execute` does it afterwards.
        break;
      case 'prove-writable':
        // A number that SQLite keeps for its user, and that nobody here uses: set to what it is.
        this.#database.exec('PRAGMA user_version = 0');
        break;
      case 'commit-offsets':
        this.#commitOffsets(operation.groupId, operation.offsets);
        break;
      default:
        operation satisfies never;
    }
  }

  #createTopic(spec: TopicSpec): void {
    const compacted = Number(spec.compacted);
    const created = this.#database
      .prepare('INSERT INTO topics (name, compacted) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(spec.name, compacted);
    if (created.changes === 0) {
      if (spec.compacted) this.#compactFromNowOn(spec.name);
      return;
    }
    const insertPartition = this.#database.prepare(
      'INSERT INTO partitions (topic, partition, compacted) VALUES (?, ?, ?) RETURNING id',
    );
    for (let partition = 0; partition < spec.partitions; partition += 1) {
      const row = insertPartition.get(spec.name, partition, compacted) ?? {};
      createMessagesTable(this.#database, numberColumn(row, 'id'), spec.compacted);
    }
  }

  /** The topic of an earlier version: what it holds has a key each, and stays. */
  #compactFromNowOn(topic: string): void {
    const { changes } = this.#database
      .prepare('UPDATE topics SET compacted = 1 WHERE name = ? AND compacted = 0')
      .run(topic);
    if (changes === 0) return;
    this.#database.prepare('UPDATE partitions SET compacted = 1 WHERE topic = ?').run(topic);
    const ids = this.#database.prepare('SELECT id FROM partitions WHERE topic = ?').all(topic);
    for (const row of ids) {
      const id = numberColumn(row, 'id');
      createCompactionIndexes(this.#database, id);
      this.#appenders.delete(id);
    }
  }

  /** Committed offsets go with their topic, as Kafka's coordinator does it. */
  #deleteTopic(topic: string): void {
    const partitions = this.#database
      .prepare('SELECT id FROM partitions WHERE topic = ?')
      .all(topic);
    const deleteOffsets = this.#database.prepare(
      'DELETE FROM committed_offsets WHERE partition_id = ?',
    );
    for (const row of partitions) {
      const id = numberColumn(row, 'id');
      this.#appenders.delete(id);
      deleteOffsets.run(id);
      this.#database.exec(`DROP TABLE ${messagesTable(id)}`);
    }
    this.#database.prepare('DELETE FROM partitions WHERE topic = ?').run(topic);
    this.#database.prepare('DELETE FROM topics WHERE name = ?').run(topic);
  }

  #commitOffsets(groupId: string, offsets: readonly CommittedOffset[]): void {
    for (const { partitionId, nextOffset } of offsets) {
      this.#commitOffset.run(groupId, partitionId, nextOffset);
    }
  }
}
