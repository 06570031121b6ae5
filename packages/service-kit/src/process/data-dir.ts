/**
 * The data folder and its lock: two processes on one folder would corrupt the embedded engines.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type FileLock, FileLockedError, lockFile } from '@hookpulse/common/runtime/file-lock';
import { closeFiles, createPrivately, isOpenToOthers } from './private-files.ts';
import { unfinishedRestore } from './unfinished-restore.ts';

export interface DataDir {
  /** Absolute. */
  readonly path: string;
  /** Files and folders in it that other users could open, and cannot any more. */
  readonly closedFiles: number;
  /** Whether other users can look into the folder itself, which is left as it was found. */
  readonly isOpenToOthers: boolean;
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

/** The folder cannot be made or written. */
export class DataDirUnusableError extends Error {
  override readonly name = 'DataDirUnusableError';

  constructor(
    path: string,
    cause: unknown,
    { remedy = 'Set DATA_DIR to a folder that can be written.' } = {},
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The data folder ${path} cannot be used: ${reason}. ${remedy}`, { cause });
  }
}

/** Held open by the process that has the folder. */
export const LOCK_FILE = 'lock.db';
/** It holds the admin token and users' messages: the owner's alone. */
export const PRIVATE_FOLDER_MODE = 0o700;

/**
 * Creates the folder when it is missing, takes its lock, and keeps its files to the owner.
 * @throws DataDirInUseError, DataDirUnusableError
 */
export function openDataDir(folder: string, { mayBeUnfinished = false } = {}): DataDir {
  const path = resolve(folder);
  createPrivately();
  const lock = takeLock(path);
  if (!mayBeUnfinished && existsSync(unfinishedRestore(path))) {
    lock.release();
    throw new DataDirUnusableError(path, 'a backup was being restored into it and is not whole', {
      remedy: 'Run the same `npx hookpulse restore` again.',
    });
  }
  return {
    path,
    closedFiles: closeFiles(path),
    isOpenToOthers: isOpenToOthers(path),
    release: () => lock.release(),
  };
}

/**
 * Level by level: Node's own `recursive` tries for ever where a folder is there and nothing can be made
 * in it, such as `/proc`.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: PRIVATE_FOLDER_MODE });
}

function takeLock(path: string): FileLock {
  try {
    makeFolder(path);
    return lockFile(join(path, LOCK_FILE));
  } catch (error) {
    if (error instanceof FileLockedError) throw new DataDirInUseError(path);
    throw new DataDirUnusableError(path, error);
  }
}
