/** Errors by group, as the API tells them, on both engines. */
import { errorFingerprint } from '@hookpulse/common/events/error-fingerprint';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { createTestToken } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00.500Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describeWithClickHouse('/api/errors', (serverUrl) => {
  let api: TestQueryApi;
  let send: JsonSender;

  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
    send = jsonSender(api.openApp(), TEST_TOKENS.admin);
    // What is stored twice is to stay so while a test looks at it.
    for (const table of ['webhook_events', 'webhook_events_by_time', 'webhook_errors']) {
      await api.clickhouse.command({ query: `SYSTEM STOP MERGES ${table}` });
    }
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.clock.nowMs = NOW_MS;
    for (const table of ['webhook_events', 'webhook_events_by_time', 'webhook_errors']) {
      await api.clickhouse.command({ query: `TRUNCATE TABLE ${table}` });
    }
  });

  const store = (events: readonly WebhookEvent[]) => storeRawEvents(api.clickhouse, events);

  function failure(agoMs: number, changes: Partial<WebhookEvent> = {}): WebhookEvent {
    return testEvent(new Date(NOW_MS - agoMs).toISOString(), {
      event_type: 'error',
      status: 'failed',
      error_type: 'ValueError',
      error_message: `cannot read amount: '${agoMs}'`,
      update_type: 'callback_query',
      ...changes,
    });
  }

  async function get(path: string) {
    const { statusCode, body } = await send('GET', path);
    expect({ statusCode, body }).toMatchObject({ statusCode: 200 });
    return body;
  }

  const PRINT = errorFingerprint({
    error_type: 'ValueError',
    error_message: "cannot read amount: 'x'",
  });

  test('nothing failed: no groups', async () => {
    await store([testEvent(new Date(NOW_MS - 1_000).toISOString())]);
    expect(await get('/api/errors')).toEqual({
      from: '2026-02-09T20:00:00.501Z',
      to: '2026-02-10T20:00:00.501Z',
      failures: 0,
      total_groups: 0,
      groups: [],
    });
  });

  test('a group has count, share, times, line, what it touches and its newest events', async () => {
    const amounts = [0, 1, 1, 3].map((minute) => failure(minute * MINUTE_MS));
    const old = failure(30 * HOUR_MS, { update_type: 'message' });
    const forged = failure(5_000, {
      bot_id: 'b',
      event_type: 'received',
      error_type: 'InvalidSignature',
      error_message: null,
      update_type: null,
    });
    // Stored twice, as after a crash; and what is no failure.
    await store([...amounts, old, forged]);
    await store([...amounts, failure(9_000, { event_type: 'response_sent' })]);
    const { groups, failures, total_groups } = await get('/api/errors');
    expect({ failures, total_groups }).toEqual({ failures: 5, total_groups: 2 });
    // Of what a group is a share of, also where no group matches.
    expect(await get('/api/errors?error_type=Misspelt')).toMatchObject({ failures: 5, groups: [] });
    expect(groups[0]).toEqual({
      fingerprint: PRINT,
      error_type: 'ValueError',
      pattern: 'cannot read amount: <text>',
      error_message: "cannot read amount: '0'",
      state: 'ongoing',
      count: 4,
      share: '80.0%',
      first_seen: old.timestamp,
      last_seen: amounts[0]?.timestamp,
      line: { from: '2026-02-10T19:57:00.000Z', step_seconds: 60, counts: [1, 0, 2, 1] },
      bot_count: 1,
      bots: [{ bot_id: 'a', count: 4 }],
      update_types: [{ update_type: 'callback_query', count: 4 }],
      samples: expect.arrayContaining([
        {
          event_id: amounts[0]?.event_id,
          bot_id: 'a',
          timestamp: amounts[0]?.timestamp,
          update_id: null,
          update_type: 'callback_query',
          error_message: "cannot read amount: '0'",
        },
      ]),
      marked_by: null,
      marked_at: null,
      ignored_until: null,
    });
    expect(groups[0].samples).toHaveLength(3);
    expect(groups[1]).toMatchObject({
      error_type: 'InvalidSignature',
      state: 'new',
      count: 1,
      share: '20.0%',
      update_types: [{ update_type: null, count: 1 }],
    });
  });

  test('however many kinds of updates are reported, an answer names the most frequent', async () => {
    const kinds = Array.from({ length: 50 }, (_, n) => `order:${n}`);
    await store(
      ['message', 'message', ...kinds].map((update_type, n) => failure(n, { update_type })),
    );
    const { groups } = await get('/api/errors');
    expect(groups[0]).toMatchObject({ count: 52 });
    expect(groups[0].update_types).toHaveLength(20);
    expect(groups[0].update_types[0]).toEqual({ update_type: 'message', count: 2 });
    expect((await get('/api/errors/leading')).causes[0].update_types).toHaveLength(20);
  });

  test('a range longer than a day has a line by the hour', async () => {
    await store([failure(0), failure(26 * HOUR_MS)]);
    const { groups } = await get('/api/errors?from=2026-02-05T00:00:00Z');
    expect(groups[0].line).toMatchObject({ from: '2026-02-09T18:00:00.000Z', step_seconds: 3_600 });
    expect(groups[0].line.counts).toHaveLength(27);
  });

  test('the filters of events: each picks, and a group leads to exactly its events', async () => {
    const events = [
      failure(1_000, { bot_id: 'b', update_id: 7 }),
      failure(2_000, { error_type: 'KeyError', error_message: "'slot'" }),
      failure(3_000, { update_type: 'message' }),
      failure(4_000, { event_type: 'received', error_type: 'InvalidUpdate', error_message: 'x' }),
    ];
    await store(events);
    const count = async (query: string) =>
      (await get(`/api/errors?${query}`)).groups.map((group: { count: number }) => group.count);
    expect(await count('')).toEqual([2, 1, 1]);
    expect(await count('bot_id=b')).toEqual([1]);
    expect(await count('update_id=7')).toEqual([1]);
    expect(await count('update_type=message')).toEqual([1]);
    // Kinds are what bots report.
    expect(await count('update_type=order%3A12345')).toEqual([]);
    expect(await count('event_type=received')).toEqual([1]);
    expect(await count('status=success')).toEqual([]);
    expect(await count('error_type=KeyError')).toEqual([1]);
    expect(await count(`error_fingerprint=${PRINT}`)).toEqual([2]);
    expect(await count('to=2026-02-10T19:59:58Z')).toEqual([1, 1]);
    expect(await count('limit=1')).toEqual([2]);
    // The share is of all failures, also where the type picks one group.
    expect((await get('/api/errors?error_type=KeyError')).groups[0]).toMatchObject({
      share: '25.0%',
    });
    const found = await get(`/api/events?error_fingerprint=${PRINT}`);
    expect(found.events.map(({ event_id }: WebhookEvent) => event_id)).toEqual([
      events[0]?.event_id,
      events[2]?.event_id,
    ]);
    expect((await get(`/api/errors/${PRINT}?bot_id=b`)).count).toBe(1);
  });

  describe('the state', () => {
    const patch = (body: object) => send('PATCH', `/api/errors/${PRINT}`, body);

    test('resolved, back when it happens again, open again', async () => {
      await store([failure(MINUTE_MS)]);
      expect(await patch({ state: 'resolved' })).toMatchObject({
        statusCode: 200,
        body: {
          state: 'resolved',
          marked_by: 'ADMIN_TOKEN',
          marked_at: '2026-02-10T20:00:00.500Z',
        },
      });
      expect((await get('/api/errors?state=resolved')).groups).toHaveLength(1);
      expect((await get('/api/errors?state=new')).groups).toHaveLength(0);
      api.clock.nowMs = NOW_MS + 10 * MINUTE_MS;
      await store([failure(-MINUTE_MS)]);
      expect((await get(`/api/errors/${PRINT}`)).state).toBe('back');
      expect(await patch({ state: 'open' })).toMatchObject({
        body: { state: 'new', marked_by: null },
      });
    });

    test('resolved also where the clock of the bot is ahead', async () => {
      await store([failure(-MINUTE_MS)]);
      expect(await patch({ state: 'resolved' })).toMatchObject({ body: { state: 'resolved' } });
      api.clock.nowMs = NOW_MS + 10 * MINUTE_MS;
      await store([failure(-2 * MINUTE_MS)]);
      expect((await get(`/api/errors/${PRINT}`)).state).toBe('back');
      expect(await patch({ state: 'open' })).toMatchObject({ statusCode: 200 });
    });

    test('and the first event are the same whatever is filtered by', async () => {
      const first = failure(30 * HOUR_MS, { bot_id: 'b', update_type: 'message' });
      await store([first, failure(MINUTE_MS)]);
      for (const query of ['', '?bot_id=a', '?update_type=callback_query']) {
        const { groups } = await get(`/api/errors${query}`);
        const same = { state: 'ongoing', first_seen: first.timestamp, count: 1 };
        expect(groups).toEqual([expect.objectContaining(same)]);
      }
    });

    test('ignored until a time', async () => {
      await store([failure(MINUTE_MS)]);
      const ignored_until = '2026-02-11T20:00:00.000Z';
      expect(await patch({ state: 'ignored', ignored_until })).toMatchObject({
        body: { state: 'ignored', ignored_until },
      });
      api.clock.nowMs = Date.parse(ignored_until);
      const path = `/api/errors/${PRINT}?from=2026-02-10T00:00:00Z`;
      expect((await get(path)).state).toBe('ongoing');
      expect(await patch({ state: 'open' })).toMatchObject({ statusCode: 200 });
    });

    test('what is wrong is told by its field', async () => {
      await store([failure(MINUTE_MS)]);
      const soon = '2026-02-10T20:30:00Z';
      for (const [body, field] of [
        [{ state: 'ignored' }, 'ignored_until'],
        [{ state: 'ignored', ignored_until: '2026-02-10T19:00:00Z' }, 'ignored_until'],
        [{ state: 'ignored', ignored_until: '2027-02-10T19:00:00Z' }, 'ignored_until'],
        [{ state: 'resolved', ignored_until: soon }, 'ignored_until'],
        [{ state: 'closed' }, 'state'],
      ] as const) {
        expect(await patch(body)).toMatchObject({
          statusCode: 400,
          body: { details: [{ field }] },
        });
      }
      const unknown = await send('PATCH', '/api/errors/0000000000000000', {
        state: 'resolved',
      });
      expect(unknown.statusCode).toBe(404);
      expect((await send('GET', '/api/errors/xyz')).statusCode).toBe(400);
    });
  });

  test('a token for some bots sees their errors alone, and changes no group', async () => {
    await store([failure(1_000), failure(2_000, { bot_id: 'b' })]);
    const { token } = await createTestToken(api, { scope: 'write', bots: ['b'] });
    const own = jsonSender(api.openApp(), token);
    const { body } = await own('GET', '/api/errors');
    expect(body).toMatchObject({ failures: 1, groups: [{ count: 1, bots: [{ bot_id: 'b' }] }] });
    expect((await own('GET', '/api/errors/leading')).body.causes).toHaveLength(1);
    const refused = await own('PATCH', `/api/errors/${PRINT}`, { state: 'resolved' });
    expect(refused.statusCode).toBe(403);
  });

  test('the leading cause of each bot: its share since it began, and what it touches', async () => {
    const broken = Array.from({ length: 12 }, (_, n) => failure(n * 30_000));
    const before = failure(3 * HOUR_MS, { update_type: 'message' });
    const other = failure(20_000, { error_type: 'KeyError', error_message: "'slot'" });
    const steady = Array.from({ length: 250 }, (_, n) =>
      failure(n * 6 * MINUTE_MS, { bot_id: 'b', error_type: 'Flood', error_message: null }),
    );
    await store([...broken, before, other, ...steady]);
    const { causes } = await get('/api/errors/leading');
    expect(causes).toEqual([
      {
        bot_id: 'a',
        fingerprint: PRINT,
        error_type: 'ValueError',
        error_message: "cannot read amount: '0'",
        count: 12,
        failures: 13,
        since: broken.at(-1)?.timestamp,
        update_types: ['callback_query'],
      },
      expect.objectContaining({ bot_id: 'b', error_type: 'Flood', since: null }),
    ]);
    const one = await get('/api/errors/leading?bot_id=a');
    expect(one.causes).toHaveLength(1);
    // Of what failed without a kind nobody knows what it touches.
    await store([failure(1_000, { update_type: null })]);
    const mixed = await get('/api/errors/leading?bot_id=a');
    expect(mixed.causes).toMatchObject([{ count: 13, update_types: [] }]);
    // What fails no more leads no more.
    api.clock.nowMs = NOW_MS + HOUR_MS;
    expect((await get('/api/errors/leading?bot_id=a')).causes).toEqual([]);
  });
});
