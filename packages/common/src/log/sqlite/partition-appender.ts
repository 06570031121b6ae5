/** Appends to one partition: gives offsets and log time, and supersedes keys of compacted topics. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { messagesTable } from './database.ts';
import { numberColumn } from './rows.ts';

export class PartitionAppender {
  readonly partitionId: number;
  readonly #insert: StatementSync;
  readonly #supersede: StatementSync | null;
  readonly #saveEnd: StatementSync;
  #endOffset: number;
  #lastTimestampMs: number;

  constructor(database: DatabaseSync, partitionId: number) {
    const row = database
      .prepare('SELECT compacted, end_offset, last_timestamp_ms FROM partitions WHERE id = ?')
      .get(partitionId);
    if (!row) throw new Error(`No partition has the id ${partitionId}`);
    const table = messagesTable(partitionId);
    this.partitionId = partitionId;
    this.#endOffset = numberColumn(row, 'end_offset');
    this.#lastTimestampMs = numberColumn(row, 'last_timestamp_ms');
    this.#insert = database.prepare(
      `INSERT INTO ${table} ("offset", timestamp_ms, key, value, headers) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#supersede =
      numberColumn(row, 'compacted') === 1
        ? database.prepare(`DELETE FROM ${table} WHERE key = ?`)
        : null;
    this.#saveEnd = database.prepare(
      'UPDATE partitions SET end_offset = ?, last_timestamp_ms = ? WHERE id = ?',
    );
  }

  append(nowMs: number, key: string, value: Uint8Array | null, headers: string | null): void {
    // The system's clock may be set back; log time may not go back.
    this.#lastTimestampMs = Math.max(this.#lastTimestampMs, nowMs);
    this.#supersede?.run(key);
    this.#insert.run(this.#endOffset, this.#lastTimestampMs, key, value, headers);
    this.#endOffset += 1;
  }

  /** Stores the end offset in the same transaction, and answers it. */
  saveEnd(): number {
    this.#saveEnd.run(this.#endOffset, this.#lastTimestampMs, this.partitionId);
    return this.#endOffset;
  }
}
