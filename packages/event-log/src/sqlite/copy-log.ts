/** A copy of the embedded log, made while it is used. */
import { backup, DatabaseSync } from 'node:sqlite';
import { databasePath, openReaderDatabase } from './database.ts';
import { numberColumn, textColumn } from './rows.ts';

/** How far each group of consumers was at a moment. */
export type CommittedOffsets = readonly {
  readonly groupId: string;
  readonly partitionId: number;
  readonly nextOffset: number;
}[];

/** Pages at once: all, since a copy begins anew whenever somebody writes between two steps. */
const ALL_PAGES = 2 ** 31 - 1;

export function committedOffsets(dataDir: string): CommittedOffsets {
  const database = openReaderDatabase(dataDir);
  try {
    const rows = database
      .prepare('SELECT group_id, partition_id, next_offset FROM committed_offsets')
      .all();
    return rows.map((row) => ({
      groupId: textColumn(row, 'group_id'),
      partitionId: numberColumn(row, 'partition_id'),
      nextOffset: numberColumn(row, 'next_offset'),
    }));
  } finally {
    database.close();
  }
}

/**
 * Copies the log as it is now, with the consumers as far as they were before: what they stored since
 * then they read again, as after a `kill -9` before they could commit.
 * @param to - folder in which the file is made
 * @param committed - from before the copy of all that consumers store
 */
export async function copyLog(
  dataDir: string,
  { to, committed }: { to: string; committed: CommittedOffsets },
): Promise<void> {
  const source = openReaderDatabase(dataDir);
  try {
    await backup(source, databasePath(to), { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(databasePath(to));
  try {
    copy.exec('BEGIN; DELETE FROM committed_offsets');
    const insert = copy.prepare('INSERT INTO committed_offsets VALUES (?, ?, ?)');
    for (const { groupId, partitionId, nextOffset } of committed) {
      insert.run(groupId, partitionId, nextOffset);
    }
    // One file, without companions.
    copy.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}
