import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { RebuildStatusSchema } from '@hookpulse/common/windows/rebuild';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { answerToMessage } from '@hookpulse/topic-tables/rebuilds/rebuild-message';
import { followRebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { jsonSender } from '../testing/send-json.ts';
import { storeCountedLog } from '../testing/store-counted-log.ts';
import { testEvent } from '../testing/store-events.ts';
import { UNREAD } from '../testing/unread-tables.ts';

const NOW_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 1_800_000;
let api: TestQueryApi;
let app: HttpApp;

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  app = api.openApp();
});
afterAll(() => api.close());

beforeEach(async () => {
  api.clock.nowMs = NOW_MS;
  for (const table of ['webhook_events', 'webhook_metrics']) {
    await api.clickhouse.command({ query: `TRUNCATE TABLE ${table}` });
  }
});

/** So many hours before the current hour began. */
function hoursAgo(hours: number, minutes = 0): string {
  return new Date(NOW_MS - 1_800_000 - hours * HOUR_MS + minutes * 60_000).toISOString();
}

async function post(payload: object, token = TEST_TOKENS.admin, query = '') {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/admin/rebuilds${query}`,
    headers: { authorization: `Bearer ${token}` },
    payload,
  });
  return { statusCode: answer.statusCode, body: answer.json() };
}

async function get(rebuildId: string) {
  const answer = await app.inject({
    url: `/api/admin/rebuilds/${rebuildId}`,
    headers: { authorization: `Bearer ${TEST_TOKENS.read}` },
  });
  return { statusCode: answer.statusCode, body: answer.json() };
}

describe('POST /api/admin/rebuilds', () => {
  test('is accepted in whole hours, and can be followed at once', async () => {
    const { statusCode, body } = await post({ from: hoursAgo(3, 20), to: hoursAgo(1, 10) });
    expect(statusCode).toBe(202);
    expect(body).toMatchObject({ from: hoursAgo(3), to: hoursAgo(0) });
    const status = await get(body.rebuild_id);
    expect(Value.Errors(RebuildStatusSchema, status.body)).toEqual([]);
    expect(status.body).toMatchObject({
      status: 'running',
      bot_id: null,
      dry_run: false,
      partitions: 12,
      partitions_done: 0,
      progress: 0,
      unanswered_partitions: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      changes: [],
    });
  });

  test('needs the admin token', async () => {
    const span = { from: hoursAgo(3), to: hoursAgo(1) };
    expect((await post(span, TEST_TOKENS.read)).statusCode).toBe(403);
    expect((await post(span, 'wrong')).statusCode).toBe(401);
  });

  test.each([
    [{ from: hoursAgo(1), to: hoursAgo(3) }, /^from must be before to, and not in the future\.$/],
    [{ from: hoursAgo(1), to: hoursAgo(1) }, /^from must be before to/],
    [{ from: hoursAgo(-5), to: hoursAgo(-6) }, /^from must be before to/],
    [
      { from: hoursAgo(8 * 24), to: hoursAgo(1) },
      /^Raw events before \S+ are past the retention or will be soon: a rebuild would erase their hours\. Set from to \S+ or later\.$/,
    ],
    [{ from: 'yesterday', to: hoursAgo(1) }, /^Invalid body\.$/],
    [{ from: hoursAgo(1) }, /^Invalid body\.$/],
    [{ from: hoursAgo(2), to: hoursAgo(1), bot_id: 'a b' }, /^Invalid body/],
    [{ from: hoursAgo(2), to: hoursAgo(1), bots: [] }, /^Invalid body/],
  ])('%j is 400', async (payload, sentence) => {
    const { statusCode, body } = await post(payload);
    expect(statusCode).toBe(400);
    expect(body.error).toMatch(sentence);
  });

  test('is 400 where dry_run is in the query: nothing is asked of the aggregator', async () => {
    await storeCountedLog(api.deps, [testEvent(hoursAgo(30), { bot_id: 'a' })]);
    const known = api.deps.rebuilds.list().length;
    const asked = { from: hoursAgo(30), to: hoursAgo(29), erase: true };
    const { statusCode, body } = await post(asked, TEST_TOKENS.admin, '?dry_run=true');
    expect({ statusCode, body }).toMatchObject({
      statusCode: 400,
      body: { details: [{ field: 'dry_run' }] },
    });
    expect(api.deps.rebuilds.list()).toHaveLength(known);
    const send = jsonSender(app);
    const { metrics } = (await send('GET', '/api/metrics/hourly?bot_id=a')).body;
    expect(metrics).toHaveLength(1);
    const { entries } = (await send('GET', '/api/audit?limit=1')).body;
    expect(entries).toMatchObject([{ route: '/api/admin/rebuilds', status: 400, change: null }]);
  });

  describe('where hourly rows are older than every raw event', () => {
    beforeEach(async () => {
      await storeCountedLog(api.deps, [
        testEvent(hoursAgo(30), { bot_id: 'a' }),
        testEvent(hoursAgo(20, 5), { bot_id: 'a' }),
        testEvent(hoursAgo(20, 25), { bot_id: 'b' }),
      ]);
      const gone = `DELETE FROM webhook_events WHERE timestamp < '${hoursAgo(21).slice(0, 19)}'`;
      await api.clickhouse.command({ query: gone });
    });

    test('is 400, since it would erase them, and the hour where raw events begin', async () => {
      for (const from of [hoursAgo(40), hoursAgo(20, 30)]) {
        const { statusCode, body } = await post({ from, to: hoursAgo(1) });
        expect(statusCode).toBe(400);
        expect(body.error).toContain(`Set from to ${hoursAgo(19)} or later, or set erase to true`);
      }
    });

    test.each([
      { from: hoursAgo(19), to: hoursAgo(1) },
      { from: hoursAgo(40), to: hoursAgo(1), bot_id: 'b' },
      { from: hoursAgo(40), to: hoursAgo(1), erase: true },
      { from: hoursAgo(40), to: hoursAgo(1), dry_run: true },
    ])('%j is accepted', async (payload) => {
      expect((await post(payload)).statusCode).toBe(202);
    });
  });
});

describe('GET /api/admin/rebuilds/<rebuild_id>', () => {
  test('adds up what the partitions answer', async () => {
    const { body: accepted } = await post({ from: hoursAgo(3), to: hoursAgo(1) });
    const { rebuild_id } = accepted;
    const answered_at = new Date(NOW_MS).toISOString();
    const change = {
      bot_id: 'a',
      hour: hoursAgo(2),
      epoch: 0,
      kind: 'changed' as const,
      values: [],
    };
    await api.deps.log.publish(
      Array.from({ length: 12 }, (_, partition) =>
        answerToMessage({
          rebuild_id,
          partition,
          state: partition === 7 ? 'failed' : 'done',
          answered_at,
          progress: 1,
          raw_events: 10,
          hours: 2,
          hours_changed: 1,
          slices_changed: 0,
          changes: [{ ...change, partition }],
          problem: partition === 7 ? 'It failed.' : null,
        }),
      ),
    );
    const body = await until('all answers', async () => {
      const status = await get(rebuild_id);
      return status.body.partitions_done === 12 && status.body;
    });
    expect(Value.Errors(RebuildStatusSchema, body)).toEqual([]);
    expect(body).toMatchObject({
      status: 'failed',
      progress: 1,
      unanswered_partitions: [],
      last_answer_at: answered_at,
      problems: [{ partition: 7, problem: 'It failed.' }],
      raw_events: 120,
      hours: 24,
      hours_changed: 12,
    });
    expect(body.changes).toHaveLength(12);
  });

  test('says when nobody has begun in time', async () => {
    const { body } = await post({ from: hoursAgo(3), to: hoursAgo(1) });
    api.clock.nowMs += HOUR_MS;
    expect((await get(body.rebuild_id)).body.status).toBe('expired');
  });

  test('is 404 for one that is not known, and for one that is a week old', async () => {
    expect((await get('nothing')).statusCode).toBe(404);
    const { body } = await post({ from: hoursAgo(3), to: hoursAgo(1) });
    api.clock.nowMs += 8 * 24 * HOUR_MS;
    const now = new Date(api.clock.nowMs);
    await post({ from: new Date(now.getTime() - HOUR_MS).toISOString(), to: now.toISOString() });
    await until('it to be forgotten', async () => (await get(body.rebuild_id)).statusCode === 404);
  });
});

test('while the requests could not be read, everything is 503', async () => {
  const early = api.openApp({}, { rebuilds: followRebuilds(UNREAD) });
  const answer = await early.inject({
    method: 'POST',
    url: '/api/admin/rebuilds',
    headers: { authorization: `Bearer ${TEST_TOKENS.admin}` },
    payload: { from: hoursAgo(3), to: hoursAgo(1) },
  });
  expect(answer.statusCode).toBe(503);
});
