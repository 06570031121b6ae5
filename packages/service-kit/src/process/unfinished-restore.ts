import { join } from 'node:path';

/** A file that is in the data folder from the beginning of a restore to its end. */
export function unfinishedRestore(dataDir: string): string {
  return join(dataDir, 'restore-unfinished');
}
