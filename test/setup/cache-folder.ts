/** What is kept between runs, outside of the checkout, which may be a new clone. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder of this name below the user's cache, which exists then. */
export function cacheFolder(name: string): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
