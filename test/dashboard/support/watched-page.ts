/** A page, and whatever went wrong on it. */
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console or thrown, requests that failed or were answered with an error. */
  readonly troubles: readonly string[];
  /** What axe-core finds against WCAG 2.2 A and AA and its best practices, in light and in dark. */
  violations(): Promise<string[]>;
}

const THEMES = ['light', 'dark'] as const;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The browser takes the other colours with its next frame. */
const REPAINTED =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))';
/** Of requests that a page gave up itself, as it was left or asked for something newer. */
const GIVEN_UP = 'net::ERR_ABORTED';

export function watchPage(page: Page): WatchedPage {
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== GIVEN_UP) troubles.push(`${reason}: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
  });
  return { page, troubles, violations: () => findViolations(page) };
}

async function findViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe.source);
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(REPAINTED);
    const results = await page.evaluate<AxeResults>(
      `axe.run(document, ${JSON.stringify({ runOnly: TAGS })})`,
    );
    found.push(
      ...results.violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) =>
          [colorScheme, id, help, target.join(' '), failureSummary].join('\n  '),
        ),
      ),
    );
  }
  return found;
}
