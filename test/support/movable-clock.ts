/** Clocks of processes under test that differ from the machine's, and move. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PRELOADED = pathToFileURL(join(import.meta.dirname, 'movable-clock.mjs'));

/** NODE_OPTIONS of a process whose clock is that of the file MOVABLE_CLOCK_FILE. */
export const MOVABLE_CLOCK_OPTIONS = `--import=${PRELOADED}`;

/** @param aheadMs - of the machine's clock */
export async function setClock(file: string, aheadMs: number): Promise<void> {
  // Replaced as a whole, because services read it all the time.
  await writeFile(`${file}.next`, `${aheadMs}`);
  await rename(`${file}.next`, file);
}
