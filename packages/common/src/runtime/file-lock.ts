/**
 * An exclusive lock that ends with the process, whatever ends it: an open transaction on a SQLite file,
 * which the operating system lets go. So there is nothing stale to clean up, as there is with pid files.
 */
import { DatabaseSync } from 'node:sqlite';

export interface FileLock {
  /** Lets others have it. Idempotent. */
  release(): void;
}

/** Another process, or this one, holds the lock already. */
export class FileLockedError extends Error {
  override readonly name = 'FileLockedError';
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** A handle that nobody refers to is closed by the garbage collector, and its lock is gone with it. */
const heldLocks = new Set<DatabaseSync>();

/** Takes the lock, without waiting. The file is created when missing. @throws FileLockedError */
export function lockFile(path: string): FileLock {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? new FileLockedError(`${path} is locked`, { cause: error }) : error;
  }
  heldLocks.add(database);
  return {
    release: () => {
      if (heldLocks.delete(database)) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const hasCode = typeof error === 'object' && error !== null && 'errcode' in error;
  return hasCode && error.errcode === SQLITE_BUSY;
}
