/** The demo's folder: new each time, and never somebody's data. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type DataDir,
  DataDirInUseError,
  LOCK_FILE,
  openDataDir,
  PRIVATE_FOLDER_MODE,
} from '@hookpulse/service-kit/process/data-dir';

/** Marks a folder that a demo has made, and a demo may empty. */
const MARK = 'made-by-hookpulse-demo';

/**
 * Creates the folder, or empties it if an earlier demo created it.
 * @returns its absolute path
 * @throws Error if something other than the demo created its content, or if a demo is running on it
 */
export function prepareDemoFolder(folder: string): string {
  const path = resolve(folder);
  if (existsSync(path) && readdirSync(path).length > 0) {
    if (!existsSync(join(path, MARK))) {
      throw new Error(
        `${path} was not created by the demo. Choose another folder with --data-dir.`,
      );
    }
    empty(path);
  }
  mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  writeFileSync(join(path, MARK), 'npm run demo empties this folder when it starts.\n');
  return path;
}

/** All but the lock, which another demo would hold on to without knowing that it is gone. */
function empty(path: string): void {
  const lock = lockDemo(path);
  try {
    for (const name of readdirSync(path)) {
      if (name !== LOCK_FILE && name !== MARK) rmSync(join(path, name), { recursive: true });
    }
  } finally {
    lock.release();
  }
}

function lockDemo(path: string): DataDir {
  try {
    return openDataDir(path);
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    throw new Error(
      `${path} is in use: stop the demo that runs on it, or choose another folder with --data-dir.`,
    );
  }
}

/** What the folder holds, bytes. */
export function folderBytes(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
