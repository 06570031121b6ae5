/** What the guard and those who start it agree on. */
import { join } from 'node:path';

/** Written to the guard before its input is closed, when the engine is to start again later. */
export const KEEP_FOLDER = 'keep the folder';

/** What becomes of the engine's folder when whoever started it is gone without a word. */
export type FolderFate = 'kept' | 'deleted';

/** Where the guard writes the process id of the engine. */
export function pidPath(folder: string): string {
  return join(folder, 'engine.pid');
}
