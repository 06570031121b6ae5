/** A page, and whatever went wrong on it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console or thrown, requests that failed or were answered with an error. */
  readonly troubles: readonly string[];
  /** What axe-core finds against WCAG 2.2 A and AA and its best practices, in light and in dark. */
  violations(): Promise<string[]>;
}

/** The library as pages load it: half as long as what Node loads. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Themes differ in colours alone (`styles/tokens.css`), so the second is looked at for those alone. */
const THEMES: readonly (readonly ['light' | 'dark', RunOptions])[] = [
  ['light', { runOnly: TAGS }],
  ['dark', { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }],
];
/** What passes is not described, and no stylesheet is loaded again. */
const LESS_WORK: RunOptions = { resultTypes: ['violations'], preload: { assets: ['media'] } };
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
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  for (const [colorScheme, options] of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(REPAINTED);
    const results = await page.evaluate<AxeResults>(
      `axe.run(document, ${JSON.stringify({ ...LESS_WORK, ...options })})`,
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
