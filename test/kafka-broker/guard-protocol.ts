/** What the guard and those who start it agree on. */
import { join } from 'node:path';

/** Written to the guard before its input is closed, when the broker is to start again later. */
export const KEEP_FOLDER = 'keep the folder';

/** Where the guard writes the process id of the broker. */
export function pidPath(folder: string): string {
  return join(folder, 'broker.pid');
}
