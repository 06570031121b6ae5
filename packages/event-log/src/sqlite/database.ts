/** The database file of the embedded log: how it is opened, and its tables. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { numberColumn } from './rows.ts';

/**
 * Pages of the write-ahead log after which a commit copies them into the database (4 MB, SQLite's own
 * default): with four times as many, deliveries that wait for the copying wait longer.
 */
const CHECKPOINT_PAGES = 1_000;
/** The write-ahead log is cut to this size after a checkpoint, bytes. */
const WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024;
/** Negative means KiB to SQLite. */
const WRITER_CACHE_KIB = 16 * 1024;
const READER_CACHE_KIB = 8 * 1024;
/** Readers see the file through the page cache of the system instead of copying it. */
const READER_MMAP_BYTES = 256 * 1024 * 1024;
/** Only recovery and checkpoints ever make a connection wait. */
const BUSY_TIMEOUT_MS = 5_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS topics (
    name TEXT PRIMARY KEY,
    compacted INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS partitions (
    -- AUTOINCREMENT: a recreated topic gets new ids, so nothing of the old one can be taken for it.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    compacted INTEGER NOT NULL,
    -- Offset after the last message that retention deleted, and its log time: they keep offsets from
    -- being reused and log time from going back when no message is left. Written by retention only.
    base_offset INTEGER NOT NULL DEFAULT 0,
    base_timestamp_ms INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, partition)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS committed_offsets (
    group_id TEXT NOT NULL,
    partition_id INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (group_id, partition_id)
  ) STRICT, WITHOUT ROWID;
`;

export function databasePath(directory: string): string {
  return join(directory, 'log.db');
}

/** The one connection that writes. `synchronous=FULL` makes every commit an fsync. */
export function openWriterDatabase(directory: string): DatabaseSync {
  const database = new DatabaseSync(databasePath(directory), { timeout: BUSY_TIMEOUT_MS });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    -- What is deleted is overwritten, so that what was erased is in no free page.
    PRAGMA secure_delete = ON;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${WAL_SIZE_LIMIT_BYTES};
    PRAGMA cache_size = -${WRITER_CACHE_KIB};
  `);
  database.exec(SCHEMA);
  return database;
}

/** A connection for the main thread; writers never block it. */
export function openReaderDatabase(directory: string): DatabaseSync {
  const database = new DatabaseSync(databasePath(directory), {
    readOnly: true,
    timeout: BUSY_TIMEOUT_MS,
  });
  database.exec(`
    PRAGMA cache_size = -${READER_CACHE_KIB};
    PRAGMA mmap_size = ${READER_MMAP_BYTES};
  `);
  return database;
}

/**
 * The table of one partition. A table each keeps every append at the right edge of its own tree,
 * which SQLite fills without splitting pages: measured at 1.5 times the rate of one shared table.
 */
export function messagesTable(partitionId: number): string {
  return `messages_${partitionId}`;
}

export function createMessagesTable(
  database: DatabaseSync,
  partitionId: number,
  compacted: boolean,
): void {
  const table = messagesTable(partitionId);
  database.exec(`
    CREATE TABLE ${table} (
      "offset" INTEGER PRIMARY KEY,
      timestamp_ms INTEGER NOT NULL,
      key TEXT NOT NULL,
      value BLOB,
      headers TEXT
    ) STRICT;
  `);
  if (compacted) createCompactionIndexes(database, partitionId);
}

export function createCompactionIndexes(database: DatabaseSync, partitionId: number): void {
  const table = messagesTable(partitionId);
  database.exec(`
    CREATE INDEX ${table}_by_key ON ${table} (key);
    CREATE INDEX ${table}_tombstones ON ${table} (timestamp_ms) WHERE value IS NULL;
  `);
}

/** Where a partition ends: the next message gets this offset, and no earlier log time. */
export interface PartitionEnd {
  readonly endOffset: number;
  readonly lastTimestampMs: number;
}

export function readPartitionEnd(database: DatabaseSync, partitionId: number): PartitionEnd {
  const base = database
    .prepare('SELECT base_offset, base_timestamp_ms FROM partitions WHERE id = ?')
    .get(partitionId);
  if (!base) throw new Error(`No partition has the id ${partitionId}`);
  const newest = database
    .prepare(
      `SELECT "offset", timestamp_ms FROM ${messagesTable(partitionId)}
       ORDER BY "offset" DESC LIMIT 1`,
    )
    .get();
  return newest
    ? {
        endOffset: numberColumn(newest, 'offset') + 1,
        lastTimestampMs: numberColumn(newest, 'timestamp_ms'),
      }
    : {
        endOffset: numberColumn(base, 'base_offset'),
        lastTimestampMs: numberColumn(base, 'base_timestamp_ms'),
      };
}
