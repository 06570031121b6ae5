/** Has a page ask anew for everything that it shows, as a browser does that is back online. */
import type { Page } from 'playwright-core';

export async function refreshNow(page: Page): Promise<void> {
  await page.evaluate('dispatchEvent(new Event("online"))');
}
