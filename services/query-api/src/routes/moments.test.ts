/** What is no moment is refused by every route that takes one. */
import { testBot } from '@hookpulse/common/testing/bots';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

let api: TestQueryApi;
let send: JsonSender;
beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-11-28T22:00:00Z'));
  await api.registry.put(testBot('orders'));
  send = jsonSender(api.openApp());
});
afterAll(() => api.close());

const NO_MOMENTS = ['2026-11-29T21:00:00+01:00[Europe/Berlin]', '2026-02-30T00:00:00Z'];

test.each(NO_MOMENTS)('%s is 400 at events, hourly metrics and silences', async (text) => {
  const query = `from=${encodeURIComponent(text)}`;
  const silence = { bot_id: 'orders', reason: 'deploy', ends_at: text };
  const answers = [
    await send('GET', `/api/events?${query}`),
    await send('GET', `/api/metrics/hourly?${query}`),
    await send('POST', '/api/silences', silence),
  ];
  for (const [index, field] of ['from', 'from', 'ends_at'].entries()) {
    expect(answers[index]).toMatchObject({
      statusCode: 400,
      body: { status: 'error', details: [{ field }] },
    });
  }
  expect(api.controls.silences()).toEqual([]);
});
