/** One process per log: offsets and groups are kept in its memory. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LogUnavailableError } from '../event-log.ts';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the folder with an exclusive transaction on a database of its own, because the system gives
 * such a lock back however the process ends.
 * @throws LogUnavailableError when somebody else has it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const database = new DatabaseSync(join(directory, 'log.lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new LogUnavailableError(`The event log in ${directory} is in use by another process`, {
      cause,
    });
  }
  return { release: () => database.close() };
}
