import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { TOKENS_TOPIC } from '@hookpulse/event-log/topics';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { signInWith } from '../testing/access.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

let api: TestQueryApi;
let app: ReturnType<TestQueryApi['openApp']>;
let send: JsonSender;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  await api.registry.put(testBot('a'));
});
// Each with limits of its own: the clock goes back.
beforeEach(() => {
  api.clock.nowMs = NOW_MS;
  app = api.openApp();
  send = jsonSender(app);
});
afterAll(() => api.close());

async function create(fields: object = {}) {
  const { body } = await send('POST', '/api/tokens', { name: 'Grafana', scope: 'read', ...fields });
  return body as { token_id: string; token: string };
}
const asked = async (token: string) =>
  (await jsonSender(app, token)('GET', '/api/bots')).statusCode;

describe('creating a token', () => {
  test('shows it once, and tells what it is ever after', async () => {
    const made = await send('POST', '/api/tokens', {
      ...{ name: 'Grafana', scope: 'read', bots: ['a'], expires_at: '2026-03-01T00:00:00+01:00' },
    });
    expect(made.statusCode).toBe(201);
    const { token, ...view } = made.body;
    expect(token).toMatch(/^hp_[\w-]{43}$/);
    expect(view).toEqual({
      token_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Grafana',
      scope: 'read',
      bots: ['a'],
      created_at: '2026-02-10T20:00:00.000Z',
      created_by: 'ADMIN_TOKEN',
      expires_at: '2026-02-28T23:00:00.000Z',
      expired: false,
      last_used_at: null,
    });
    expect(made.location).toBe(`/api/tokens/${view.token_id}`);
    expect((await send('GET', `/api/tokens/${view.token_id}`)).body).toEqual(view);
    expect((await send('GET', '/api/tokens')).body.tokens[0]).toEqual(view);
  });

  test('leaves its hash only on the log', async () => {
    const { token } = await create();
    const seen: string[] = [];
    const follower = await api.deps.log.follow({
      topic: TOKENS_TOPIC,
      onMessage: ({ key, value }) => seen.push(`${key} ${value && Buffer.from(value)}`),
    });
    await follower.caughtUp;
    await follower.close();
    expect(seen.join('\n')).toContain(sha256Hex(token));
    expect(seen.join('\n')).not.toContain(token.slice(3));
  });

  test.each([
    ['no name', { name: '' }, 'name'],
    ['a name that turns its line around', { name: 'a\u202eb' }, 'name'],
    ['a name with a line separator', { name: 'a\u2028b' }, 'name'],
    ['the name of the admin token', { name: 'admin_token' }, 'name'],
    ['another scope', { scope: 'root' }, 'scope'],
    ['no bots', { bots: [] }, 'bots'],
    ['a bot that is not there', { bots: ['a', 'b'] }, 'bots'],
    ['an end that has passed', { expires_at: '2026-02-10T20:00:00Z' }, 'expires_at'],
    ['an end that is none', { expires_at: 'soon' }, 'expires_at'],
    ['an unknown field', { expiry: '2027-02-10T20:00:00Z' }, 'expiry'],
  ])('with %s is 400', async (_name, fields, field) => {
    const { statusCode, body } = await send('POST', '/api/tokens', {
      ...{ name: 'Grafana', scope: 'read', ...fields },
    });
    expect(statusCode).toBe(400);
    expect(body.details).toMatchObject([{ field }]);
  });

  test('by a named admin token names it as the one that created it', async () => {
    const admin = await create({ name: 'Ann', scope: 'admin' });
    const made = await jsonSender(app, admin.token)('POST', '/api/tokens', {
      ...{ name: 'Ben', scope: 'read' },
    });
    expect(made.body).toMatchObject({ created_by: 'Ann' });
  });
});

describe('a token', () => {
  test('notes when it was last used, at a bounded rate', async () => {
    const { token, token_id } = await create();
    const writes = async () => (await api.deps.log.ranges(TOKENS_TOPIC))[0]?.endOffset ?? 0n;
    const lastUse = async () => (await send('GET', `/api/tokens/${token_id}`)).body.last_used_at;
    const before = await writes();
    for (let minute = 0; minute < 12; minute += 1) {
      api.clock.nowMs = NOW_MS + minute * 60_000;
      expect(await asked(token)).toBe(200);
    }
    const newest = new Date(NOW_MS + 10 * 60_000).toISOString();
    await until('the last note', async () => (await lastUse()) === newest);
    expect((await writes()) - before).toBe(3n);
  });

  test('ends at its time, and is listed as expired', async () => {
    const { token, token_id } = await create({ expires_at: '2026-02-10T21:00:00Z' });
    expect(await asked(token)).toBe(200);
    api.clock.nowMs = NOW_MS + 3_600_000;
    expect(await asked(token)).toBe(401);
    expect((await send('GET', `/api/tokens/${token_id}`)).body).toMatchObject({ expired: true });
  });

  test('that is revoked is over at once, with its sessions', async () => {
    const { token, token_id } = await create();
    const cookie = await signInWith(app, token);
    const bySession = async () =>
      (await app.inject({ url: '/api/bots', headers: { cookie } })).statusCode;
    expect([await asked(token), await bySession()]).toEqual([200, 200]);
    expect((await send('DELETE', `/api/tokens/${token_id}`)).statusCode).toBe(204);
    expect([await asked(token), await bySession()]).toEqual([401, 401]);
    expect((await send('GET', `/api/tokens/${token_id}`)).statusCode).toBe(404);
    expect((await send('DELETE', `/api/tokens/${token_id}`)).statusCode).toBe(404);
    const kept = api.deps.sessions.list().map(({ record }) => record.origin.token_id);
    expect(kept).not.toContain(token_id);
  });

  test('is named by the audit, with what was done with it', async () => {
    const { token, token_id } = await create({ name: 'Ann', scope: 'write' });
    const answer = await app.inject({
      method: 'PATCH',
      url: '/api/bots/a',
      headers: { authorization: `Bearer ${token}`, 'x-request-id': 'r-1' },
      payload: { name: 'New' },
    });
    expect(answer.statusCode).toBe(200);
    const entries = async (): Promise<{ request_id: string }[]> =>
      (await send('GET', '/api/audit')).body.entries;
    const entry = await until('the entry', async () =>
      (await entries()).find(({ request_id }) => request_id === 'r-1'),
    );
    expect(entry).toMatchObject({
      actor: { access: 'write', via: 'token', token: { token_id, name: 'Ann' } },
    });
    const text = JSON.stringify(await entries());
    expect(text).not.toContain(token);
    expect(text).not.toContain(sha256Hex(token));
  });

  test('is counted by itself where requests are limited', async () => {
    const limited = api.openApp({ rateLimits: { perAddress: 0, perToken: 1 } });
    const [one, other] = [await create(), await create()];
    const ask = async ({ token }: { token: string }) =>
      (await jsonSender(limited, token)('GET', '/api/bots')).statusCode;
    expect([await ask(one), await ask(one), await ask(other)]).toEqual([200, 429, 200]);
  });
});
