/** Reads of the main thread: short, bounded, and never blocked by the writer. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogMessage } from '../event-log.ts';
import { type Headers, ReadMessage } from '../read-message.ts';
import { messagesTable, openReaderDatabase, readPartitionEnd } from './database.ts';
import {
  blobOrNullOf,
  cellsOf,
  numberColumn,
  numberOf,
  textColumn,
  textOf,
  textOrNullOf,
} from './rows.ts';
import type { PartitionState, StoredPartition } from './topic-catalog.ts';

/** A batch ends after the message that crosses this, so that large messages do not fill memory. */
const MAX_BATCH_BYTES = 1024 * 1024;

const NO_HEADERS: Headers = Object.freeze({});

export class LogReader {
  readonly #database: DatabaseSync;
  /** Weak, so that the statements of a deleted topic go with it. */
  readonly #batchStatements = new WeakMap<PartitionState, StatementSync>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  static open(directory: string): LogReader {
    return new LogReader(openReaderDatabase(directory));
  }

  /** In order of topic and partition. */
  storedPartitions(): StoredPartition[] {
    return this.#database
      .prepare('SELECT id, topic, partition FROM partitions ORDER BY topic, partition')
      .all()
      .map((row) => ({
        id: numberColumn(row, 'id'),
        topic: textColumn(row, 'topic'),
        partition: numberColumn(row, 'partition'),
        endOffset: readPartitionEnd(this.#database, numberColumn(row, 'id')).endOffset,
      }));
  }

  /**
   * The messages at and after an offset, at most `maxMessages` and about a mebibyte. None beyond the
   * end that the partition is known to have: SQLite shows what is committed before the writer thread
   * has said so, and a position beyond the known end would be taken for one that is out of range.
   */
  readBatch(partition: PartitionState, fromOffset: number, maxMessages: number): LogMessage[] {
    const messages: LogMessage[] = [];
    let bytes = 0;
    const rows = this.#batchStatement(partition).iterate(
      fromOffset,
      partition.endOffset,
      maxMessages,
    );
    for (const row of rows) {
      const message = messageOf(partition, cellsOf(row));
      messages.push(message);
      bytes += message.value?.byteLength ?? 0;
      if (bytes >= MAX_BATCH_BYTES) break;
    }
    return messages;
  }

  /** The first offset still held, or the end offset when nothing is. */
  startOffset(partition: PartitionState): number {
    const endOffset = partition.endOffset;
    return this.#firstRow(partition, 0)?.offset ?? endOffset;
  }

  /**
   * The first offset whose log time is at or after `timestampMs`, or the end offset. Log time grows
   * with the offset, so this is a binary search, also over the holes that compaction leaves.
   */
  offsetAt(partition: PartitionState, timestampMs: number): number {
    let low = 0;
    let high = partition.endOffset;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#firstRow(partition, middle);
      if (row && row.offset < high && row.timestampMs < timestampMs) low = row.offset + 1;
      else high = middle;
    }
    return this.#firstRow(partition, low)?.offset ?? partition.endOffset;
  }

  /** The group's next offset, or null when it has committed none. */
  committedOffset(groupId: string, partition: PartitionState): number | null {
    const row = this.#database
      .prepare('SELECT next_offset FROM committed_offsets WHERE group_id = ? AND partition_id = ?')
      .get(groupId, partition.id);
    return row ? numberColumn(row, 'next_offset') : null;
  }

  close(): void {
    this.#database.close();
  }

  #batchStatement(partition: PartitionState): StatementSync {
    let statement = this.#batchStatements.get(partition);
    if (!statement) {
      statement = this.#database.prepare(
        `SELECT "offset", timestamp_ms, key, value, headers FROM ${messagesTable(partition.id)}
         WHERE "offset" >= ? AND "offset" < ? ORDER BY "offset" LIMIT ?`,
      );
      // An object for each row, with its names, takes twice the time.
      statement.setReturnArrays(true);
      this.#batchStatements.set(partition, statement);
    }
    return statement;
  }

  #firstRow(
    partition: PartitionState,
    fromOffset: number,
  ): { offset: number; timestampMs: number } | null {
    const row = this.#database
      .prepare(
        `SELECT "offset", timestamp_ms FROM ${messagesTable(partition.id)}
         WHERE "offset" >= ? ORDER BY "offset" LIMIT 1`,
      )
      .get(fromOffset);
    return row
      ? { offset: numberColumn(row, 'offset'), timestampMs: numberColumn(row, 'timestamp_ms') }
      : null;
  }
}

/** @param cells - of `#batchStatement` */
function messageOf({ topic, partition }: PartitionState, cells: readonly unknown[]): LogMessage {
  const [offset, timestampMs, key, value, headers] = cells;
  const json = textOrNullOf(headers, 'headers');
  const fields = {
    topic,
    partition,
    offset: BigInt(numberOf(offset, 'offset')),
    timestampMs: numberOf(timestampMs, 'timestamp_ms'),
    key: textOf(key, 'key'),
    value: blobOrNullOf(value, 'value'),
  };
  return new ReadMessage(fields, () => decodeHeaders(json));
}

/** @param json - as stored; null when the message has none. */
function decodeHeaders(json: string | null): Headers {
  if (json === null) return NO_HEADERS;
  const parsed: unknown = JSON.parse(json);
  const headers: Record<string, string> = {};
  if (typeof parsed === 'object' && parsed !== null) {
    for (const [name, value] of Object.entries(parsed)) headers[name] = String(value);
  }
  return headers;
}
