/** Appends to one partition: gives offsets and log time, and supersedes keys of compacted topics. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { messagesTable, readPartitionEnd } from './database.ts';

export class PartitionAppender {
  readonly partitionId: number;
  readonly #insert: StatementSync;
  readonly #supersede: StatementSync | null;
  #endOffset: number;
  #lastTimestampMs: number;

  constructor(database: DatabaseSync, partitionId: number, compacted: boolean) {
    const table = messagesTable(partitionId);
    const { endOffset, lastTimestampMs } = readPartitionEnd(database, partitionId);
    this.partitionId = partitionId;
    this.#endOffset = endOffset;
    this.#lastTimestampMs = lastTimestampMs;
    this.#insert = database.prepare(
      `INSERT INTO ${table} ("offset", timestamp_ms, key, value, headers) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#supersede = compacted ? database.prepare(`DELETE FROM ${table} WHERE key = ?`) : null;
  }

  get endOffset(): number {
    return this.#endOffset;
  }

  append(nowMs: number, key: string, value: Uint8Array | null, headers: string | null): void {
    // The system's clock may be set back; log time may not go back.
    this.#lastTimestampMs = Math.max(this.#lastTimestampMs, nowMs);
    this.#supersede?.run(key);
    this.#insert.run(this.#endOffset, this.#lastTimestampMs, key, value, headers);
    this.#endOffset += 1;
  }
}
