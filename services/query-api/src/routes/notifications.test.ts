/** Whether anybody is notified of alerts: as the environment and the settings of all bots have it. */

import { testBot } from '@hookpulse/common/testing/bots';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  openTestQueryApi,
  TEST_ALERT_DEFAULTS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { jsonSender } from '../testing/send-json.ts';

let api: TestQueryApi;
beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  await api.registry.put(testBot('a'));
});
afterAll(() => api.close());

test('nobody is, until a receiver is set for all bots', async () => {
  const alertDefaults = { ...TEST_ALERT_DEFAULTS, receivers: [] };
  const send = jsonSender(api.openApp({ alertDefaults, notificationChannel: 'mail' }));
  expect((await send('GET', '/api/notifications')).body).toEqual({
    channel: 'mail',
    receivers: 0,
    bots_without_receivers: 1,
  });
  await send('PATCH', '/api/alert-settings', { receivers: ['ops@example.com'] });
  expect((await send('GET', '/api/notifications')).body).toMatchObject({
    receivers: 1,
    bots_without_receivers: 0,
  });
});
