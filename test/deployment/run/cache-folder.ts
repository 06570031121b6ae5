/** What is kept between runs beside Docker's own images: outside of the checkout, which may be a new clone. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export function cacheFolder(): string {
  const folder = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'hookpulse-deployment',
  );
  mkdirSync(folder, { recursive: true });
  return folder;
}
