/**
 * The data folder and its lock. Two processes on one folder would corrupt the embedded engines, so
 * the first holds an exclusive transaction on a SQLite file, an operating-system lock that ends with
 * the process whatever ends it: there is nothing stale to clean up, as there is with pid files.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface DataDir {
  /** Absolute. */
  readonly path: string;
  /** Lets other processes have the folder. Idempotent. */
  release(): void;
}

/** Another process, or this one, holds the folder already. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';

  constructor(path: string) {
    super(
      `The data folder ${path} is in use by another Hookpulse process: stop that one, or set DATA_DIR to another folder.`,
    );
  }
}

const LOCK_FILE = 'lock.db';
/** It holds the admin token and users' messages: the owner's alone. */
const FOLDER_MODE = 0o700;
/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Creates the folder when it is missing, and takes its lock.
 * @throws DataDirInUseError
 */
export function openDataDir(folder: string): DataDir {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  const lock = new DatabaseSync(join(path, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw isBusy(error) ? new DataDirInUseError(path) : error;
  }
  return {
    path,
    release: () => {
      if (lock.isOpen) lock.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const hasCode = typeof error === 'object' && error !== null && 'errcode' in error;
  return hasCode && error.errcode === SQLITE_BUSY;
}
