import { testBot } from '@hookpulse/common/testing/bots';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

let api: TestQueryApi;
let send: JsonSender;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  send = jsonSender(api.openApp());
});
afterAll(() => api.close());
beforeEach(() => api.registry.put(testBot('a', { enabled: false })));

describe.each([
  [
    'rotate-secret',
    'webhook_secret',
    'webhook_secret_sha256',
    'previous_webhook_secret',
    'secret of a',
  ],
  [
    'rotate-report-token',
    'report_token',
    'report_token_sha256',
    'previous_report_token',
    'token of a',
  ],
] as const)('POST /api/bots/a/%s', (path, shown, sha256Field, previousField, before) => {
  const url = `/api/bots/a/${path}`;

  test('shows the new one once, and lets the old one be valid for ten minutes', async () => {
    const { statusCode, body } = await send('POST', url);
    expect(statusCode).toBe(200);
    expect(body).toEqual({
      bot_id: 'a',
      [shown]: expect.stringMatching(/^[\w-]{43}$/),
      previous_valid_until: '2026-02-10T20:10:00.000Z',
    });
    expect(api.registry.get('a')).toEqual({
      ...testBot('a', { enabled: false }),
      [sha256Field]: sha256Hex(body[shown]),
      [previousField]: { sha256: sha256Hex(before), valid_until: '2026-02-10T20:10:00.000Z' },
      updated_at: '2026-02-10T20:00:00.000Z',
    });
    expect(JSON.stringify((await send('GET', '/api/bots/a')).body)).not.toContain(body[shown]);
  });

  test('refuses the old one at once without a grace time, and forgets an older one', async () => {
    await send('POST', url, { grace_minutes: 5 });
    const { body } = await send('POST', url, { grace_minutes: 0 });
    expect(body.previous_valid_until).toBeNull();
    expect(api.registry.get('a')).not.toHaveProperty(previousField);
  });

  test.each([{ grace_minutes: -1 }, { grace_minutes: 1_441 }, { grace_minutes: '1' }, { no: 1 }])(
    'takes no %j',
    async (payload) => {
      const { statusCode, body } = await send('POST', url, payload);
      expect(statusCode).toBe(400);
      expect(body.details).toHaveLength(1);
    },
  );

  test('is 404 for a bot that is not there', async () => {
    expect((await send('POST', `/api/bots/nobody/${path}`)).statusCode).toBe(404);
  });

  test('leaves what else is set about the bot, and later changes leave it', async () => {
    await send('POST', url);
    await send('PATCH', '/api/bots/a', { enabled: true });
    expect(api.registry.get('a')).toMatchObject({ enabled: true, [previousField]: {} });
  });
});

describe('POST /api/bots/a/rotate-secret', () => {
  test('takes a secret of the caller, but not the one in use', async () => {
    const url = '/api/bots/a/rotate-secret';
    const first = await send('POST', url, { webhook_secret: 'my-own' });
    expect(first.body.webhook_secret).toBe('my-own');
    expect((await send('POST', url, { webhook_secret: 'my-own' })).statusCode).toBe(409);
    expect((await send('POST', url, { webhook_secret: 'not so!' })).statusCode).toBe(400);
  });
});
