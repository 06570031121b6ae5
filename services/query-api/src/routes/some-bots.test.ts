/** What a token for some bots is told, and what it is refused. */

import type { Scope } from '@hookpulse/common/bots/access-token';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleFiring, sampleNext } from '@hookpulse/common/testing/sample-alerts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { createTestToken } from '../testing/access.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';
import { storeTransition, tellTransition } from '../testing/tell-alerts.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const BOTS = ['a', 'b', 'c'];

describeWithClickHouse('a token for the bots a and c', (serverUrl) => {
  let api: TestQueryApi;
  const senders = new Map<Scope | 'all bots', JsonSender>();
  const as = (who: Scope | 'all bots'): JsonSender => {
    const send = senders.get(who);
    if (!send) throw new Error(`nobody is ${who}`);
    return send;
  };
  const events = BOTS.map((bot_id) => testEvent('2026-02-10T19:55:00Z', { bot_id }));

  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
    const app = api.openApp({
      tokens: { admin: 'admin-token', read: null },
      erase: { propagationMs: 0, patienceMs: 50 },
    });
    senders.set('all bots', jsonSender(app));
    for (const scope of ['read', 'write', 'admin'] as const) {
      const { token } = await createTestToken(api, { scope, bots: ['a', 'c'] });
      senders.set(scope, jsonSender(app, token));
    }
    for (const bot_id of BOTS) {
      await api.registry.put(testBot(bot_id));
      const fired = sampleFiring('2026-02-10T19:58:00Z', { bot_id, alert_id: `fires-${bot_id}` });
      await tellTransition(api.deps, api.alerts, fired);
      const over = sampleFiring('2026-02-09T10:00:00Z', { bot_id, alert_id: `over-${bot_id}` });
      await storeTransition(api.clickhouse, sampleNext(over, 'resolved', '2026-02-09T11:00:00Z'));
    }
    await storeEvents(api.clickhouse, events);
    await storeRawEvents(api.clickhouse, events);
  });
  afterAll(() => api?.close());

  test.each([
    ['/api/bots', 'bots', 3],
    ['/api/health/webhook', 'bots', 3],
    ['/api/health/webhook?trends=true', 'bots', 3],
    ['/api/events', 'events', 3],
    ['/api/events?event_type=received', 'events', 3],
    ['/api/metrics/hourly', 'metrics', 3],
    ['/api/metrics/hourly?by=day', 'metrics', 3],
    ['/api/alerts', 'alerts', 6],
    ['/api/alerts?state=firing', 'alerts', 3],
    ['/api/alerts?state=resolved', 'alerts', 3],
  ])('lists theirs only: %s', async (path, field, all) => {
    const botsOf = async (send: JsonSender) => {
      const { body } = await send('GET', path);
      return body[field].map(({ bot_id }: { bot_id: string }) => bot_id).toSorted();
    };
    expect(await botsOf(as('all bots'))).toHaveLength(all);
    const told = await botsOf(as('read'));
    expect(told).toHaveLength((all / 3) * 2);
    expect([...new Set(told)]).toEqual(['a', 'c']);
  });

  test('gets pages of theirs only, whatever lies between', async () => {
    const first = await as('read')('GET', '/api/events?limit=1');
    const next = await as('read')('GET', `/api/events?limit=1&cursor=${first.body.next_cursor}`);
    const told = [...first.body.events, ...next.body.events].map(({ bot_id }) => bot_id);
    expect(told.toSorted()).toEqual(['a', 'c']);
    expect(next.body.next_cursor).toBeNull();
  });

  test('is told the whole of theirs', async () => {
    const { body } = await as('read')('GET', '/api/health/webhook');
    expect(body.summary).toMatchObject({ webhook_bots_count: 2, total_events_last_15min: 2 });
  });

  test.each([
    '/api/events?bot_id=b',
    '/api/events/stream?bot_id=b',
    '/api/metrics/hourly?bot_id=b',
    '/api/alerts?bot_id=b',
    '/api/metrics/hourly?group=fleet',
    '/api/admin/reconciliation?bot_id=a',
    '/api/admin/rebuilds/nothing',
    '/api/alert-settings',
    '/api/audit',
    '/api/tokens',
    '/metrics',
  ])('is refused what is of others or of all: %s', async (path) => {
    const { statusCode, body } = await as('admin')('GET', path);
    expect(statusCode).toBe(403);
    expect(body).toEqual({ status: 'error', error: expect.stringMatching(/token/), details: [] });
  });

  test('does not find others', async () => {
    const [a, b] = events;
    const find = async (path: string) => (await as('read')('GET', path)).statusCode;
    expect(await find(`/api/events/${a?.event_id}`)).toBe(200);
    expect(await find(`/api/events/${b?.event_id}`)).toBe(404);
    for (const path of ['/api/bots', '/api/health/webhook']) {
      expect(await find(`${path}/a`)).toBe(200);
      expect(await find(`${path}/b`)).toBe(404);
      const [other, none] = [
        await as('read')('GET', `${path}/b`),
        await as('read')('GET', `${path}/nothing`),
      ];
      expect(other).toEqual(none);
    }
  });

  describe('changing things', () => {
    test.each([
      ['PATCH', '/api/bots/b', { name: 'New' }, 404],
      ['DELETE', '/api/bots/b', undefined, 404],
      ['POST', '/api/bots/b/rotate-secret', {}, 404],
      ['POST', '/api/bots/b/rotate-report-token', {}, 404],
      ['POST', '/api/bots', { name: 'New' }, 403],
      ['PATCH', '/api/alert-settings', {}, 403],
      ['POST', '/api/silences', { reason: 'x', duration_minutes: 5 }, 403],
      ['POST', '/api/silences', { reason: 'x', duration_minutes: 5, bot_id: 'b' }, 403],
      ['POST', '/api/admin/cleanup', { dry_run: true }, 403],
      ['POST', '/api/tokens', { name: 'x', scope: 'admin' }, 403],
      ['DELETE', '/api/sessions?all=true', undefined, 403],
      ['PATCH', '/api/bots/a', { name: 'New' }, 200],
      ['POST', '/api/bots/a/rotate-secret', {}, 200],
      ['POST', '/api/silences', { reason: 'x', duration_minutes: 5, bot_id: 'a' }, 201],
    ] as const)('%s %s %j is %d', async (method, path, body, statusCode) => {
      expect((await as('admin')(method, path, body)).statusCode).toBe(statusCode);
    });

    test('leaves silences of others alone, and those of all', async () => {
      const silence = async (fields: object): Promise<string> => {
        const body = { reason: 'x', duration_minutes: 5, ...fields };
        return (await as('all bots')('POST', '/api/silences', body)).body.silence_id;
      };
      const [own, other, all] = [
        await silence({ bot_id: 'c' }),
        await silence({ bot_id: 'b' }),
        await silence({}),
      ];
      const listed: { silence_id: string }[] = (await as('write')('GET', '/api/silences')).body
        .silences;
      const ids = listed.map(({ silence_id }) => silence_id);
      expect([own, other, all].map((id) => ids.includes(id))).toEqual([true, false, true]);
      const end = async (id: string) =>
        (await as('write')('DELETE', `/api/silences/${id}`)).statusCode;
      expect([await end(own), await end(other), await end(all)]).toEqual([204, 404, 403]);
    });

    test('erases theirs with the scope admin only', async () => {
      const erase = async (scope: Scope, bot: string) =>
        (await as(scope)('DELETE', `/api/bots/${bot}?erase=true`)).statusCode;
      expect([await erase('write', 'c'), await erase('admin', 'b')]).toEqual([403, 404]);
      // Nobody counts anew here, for which erasing waits: it has begun.
      expect(await erase('admin', 'c')).toBe(503);
      expect(api.registry.get('c')).toBeUndefined();
    });
  });
});
