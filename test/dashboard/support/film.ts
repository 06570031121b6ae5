/**
 * Pictures of what a test shows, for guides and to be looked at: `FILM_DIR=/tmp/film npm run test:unit --
 * test/dashboard/incident.test.ts`. Without `FILM_DIR` none are taken.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** The browser paints what has come, and charts what they were given. */
const PAINTED =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))';

export function isFilming(): boolean {
  return Boolean(process.env.FILM_DIR);
}

/** @param name - of the picture, without its ending */
export async function film(page: Page, name: string): Promise<void> {
  const folder = await filmFolder();
  if (folder === null) return;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate(PAINTED);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** What a terminal shows. */
export async function filmText(text: string, name: string): Promise<void> {
  const folder = await filmFolder();
  if (folder !== null) await writeFile(join(folder, `${name}.txt`), text);
}

async function filmFolder(): Promise<string | null> {
  const folder = process.env.FILM_DIR;
  if (!folder) return null;
  await mkdir(folder, { recursive: true });
  return folder;
}
