/** A Hookpulse of its own with a seeded fleet, and pages of the run's browser that look at it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { HookpulseClient } from '../../support/hookpulse-client.ts';
import { type Addresses, startHookpulse } from '../../support/hookpulse-process.ts';
import { type Seed, seedDashboard } from './seed-dashboard.ts';
import { type WatchedPage, watchPage } from './watched-page.ts';

export const TOKENS = { admin: 'admin-token-of-the-tests', read: 'read-token-of-the-tests' };

export type Viewer = 'admin' | 'read' | 'nobody';

export interface Dashboard {
  readonly urls: Addresses;
  /** Does what Telegram and bots do. */
  readonly client: HookpulseClient;
  /** A browser's window of its own, with the cookie of the viewer. */
  open(viewer: Viewer, path: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Closes all that were opened; what went wrong on them, which should be nothing. */
  closePages(): Promise<string[]>;
  close(): Promise<void>;
}

export interface DashboardOptions {
  readonly seed?: Seed;
  /** Of Hookpulse; `READ_TOKEN: ''` leaves reading the health open. */
  readonly env?: Readonly<Record<string, string>>;
}

const DESKTOP = { width: 1440, height: 900 };

export async function openDashboard(
  browserAddress: string,
  { seed = { bots: [], events: [] }, env = {} }: DashboardOptions = {},
): Promise<Dashboard> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-dashboard-'));
  await seedDashboard(dataDir, seed);
  const tokens = { ADMIN_TOKEN: TOKENS.admin, READ_TOKEN: TOKENS.read };
  const hookpulse = await startHookpulse(dataDir, { ...tokens, ...env });
  const browser = await chromium.connect(browserAddress);
  const { urls } = hookpulse;
  let opened: WatchedPage[] = [];
  return {
    urls,
    client: new HookpulseClient(urls, TOKENS.admin),
    async open(viewer, path, options = {}) {
      const watched = await openPage(browser, urls.queryApi, viewer, options);
      opened.push(watched);
      await watched.page.goto(path);
      return watched;
    },
    async closePages() {
      const closed = opened;
      opened = [];
      await Promise.all(closed.map(({ page }) => page.context().close()));
      return closed.flatMap(({ troubles }) => troubles);
    },
    async close() {
      await browser.close();
      await hookpulse.stop('SIGTERM');
      await rm(dataDir, { recursive: true });
    },
  };
}

async function openPage(
  browser: Browser,
  origin: string,
  viewer: Viewer,
  options: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: DESKTOP,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    // A colour that is on its way to another has no contrast of its own.
    reducedMotion: 'reduce',
    ...options,
  });
  if (viewer !== 'nobody') {
    const data = { token: TOKENS[viewer] };
    const answer = await context.request.post('/api/session', { data });
    if (!answer.ok()) throw new Error(`${answer.status()}: ${await answer.text()}`);
  }
  return watchPage(await context.newPage());
}
