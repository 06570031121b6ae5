/** What operators see of the alerter. */
import { LogUnavailableError } from '@hookpulse/common/log/event-log';
import { createLogger } from '@hookpulse/common/runtime/logger';
import { scrape } from '@hookpulse/common/testing/scrape';
import { afterEach, expect, test } from '@jest/globals';
import { type RunningAlerter, start } from './start.ts';

let alerter: RunningAlerter | null = null;
afterEach(() => alerter?.close());

test('the metrics and readyz say whether the log answers', async () => {
  let isUp = true;
  alerter = await start({
    settings: { host: '127.0.0.1', port: 0 },
    log: { ping: () => (isUp ? Promise.resolve() : Promise.reject(new LogUnavailableError(''))) },
    logger: createLogger('test', 'silent'),
  });
  const { url } = alerter;
  const ready = async () => (await scrape(url)).value('hookpulse_ready', { check: 'log' });
  expect(await ready()).toBe(1);
  isUp = false;
  expect(await ready()).toBe(0);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});
