import { newEventId } from '@hookpulse/common/events/event-identity';
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

describeWithClickHouse('GET /api/events', (serverUrl) => {
  let api: TestQueryApi;
  let send: JsonSender;

  beforeAll(async () => {
    api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'), serverUrl);
    send = jsonSender(api.openApp(), TEST_TOKENS.read);
    for (const table of ['webhook_events', 'webhook_events_by_time']) {
      // What is stored twice is to stay so while a test looks at it.
      await api.clickhouse.command({ query: `SYSTEM STOP MERGES ${table}` });
    }
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    for (const table of ['webhook_events', 'webhook_events_by_time']) {
      await api.clickhouse.command({ query: `TRUNCATE TABLE ${table}` });
    }
  });

  const store = (events: readonly WebhookEvent[]) => storeRawEvents(api.clickhouse, events);

  async function page(query = ''): Promise<{ events: WebhookEvent[]; next_cursor: string | null }> {
    const { statusCode, body } = await send('GET', `/api/events?${query}`);
    expect({ statusCode, body }).toMatchObject({ statusCode: 200 });
    return body;
  }
  const ids = async (query = '') => (await page(query)).events.map(({ event_id }) => event_id);
  const idsOf = (events: readonly WebhookEvent[]) => events.map(({ event_id }) => event_id);

  /** The newest first, a second apart. */
  function events(count: number, changes: (n: number) => Partial<WebhookEvent> = () => ({})) {
    const newestMs = Date.parse('2026-02-10T19:00:00Z');
    return Array.from({ length: count }, (_, n) =>
      testEvent(new Date(newestMs - n * 1_000).toISOString(), changes(n)),
    );
  }

  const FULL: WebhookEvent = {
    event_id: newEventId(Date.parse('2026-02-10T18:30:00Z')),
    bot_id: 'full',
    event_type: 'error',
    status: 'failed',
    timestamp: '2026-02-10T18:30:00.123Z',
    update_id: 9_007_199_254_740_991,
    update_type: 'message',
    processing_time_ms: 12.25,
    response_time_ms: 3.5,
    error_type: 'ValueError',
    error_message: 'no “such” thing\n',
    ip_address: '2001:db8::1',
    telegram_signature_valid: true,
  };

  test('an empty store has an empty page', async () => {
    expect(await page()).toEqual({ events: [], next_cursor: null });
  });

  test('has every field as it was reported, and one event alone too', async () => {
    const plain = testEvent('2026-02-10T18:00:00Z');
    await store([plain, FULL]);
    expect(await page()).toEqual({ events: [FULL, plain], next_cursor: null });
    expect(await page('bot_id=full')).toEqual({ events: [FULL], next_cursor: null });
    expect(await send('GET', `/api/events/${FULL.event_id}`)).toMatchObject({
      statusCode: 200,
      body: FULL,
    });
  });

  test('of two bots that chose the same id each is told of its own', async () => {
    await store([FULL, { ...FULL, bot_id: 'other', timestamp: '2026-02-10T19:30:00.123Z' }]);
    const { token } = await createTestToken(api, { bots: ['full'] });
    const own = jsonSender(api.openApp(), token);
    expect(await own('GET', `/api/events/${FULL.event_id}`)).toMatchObject({
      statusCode: 200,
      body: FULL,
    });
  });

  test('an event that is not there is 404, an id that is none 400', async () => {
    await store([FULL]);
    const unknown = await send('GET', `/api/events/${newEventId(Date.now())}`);
    expect(unknown).toMatchObject({ statusCode: 404, body: { status: 'error' } });
    const bad = await send('GET', '/api/events/7');
    expect(bad).toMatchObject({ statusCode: 400, body: { details: [{ field: 'event_id' }] } });
  });

  test('of long ago follow those of today, none twice and none left out', async () => {
    const hoursAgo = [-0.05, 0, 0.9, 1, 1.1, 23.9, 24, 24.1, 100];
    const nowMs = Date.parse('2026-02-10T20:00:00Z');
    const spread = hoursAgo.map((ago) =>
      testEvent(new Date(nowMs - ago * 3_600_000).toISOString()),
    );
    await store(spread);
    expect(await ids()).toEqual(idsOf(spread));
    expect(await ids('bot_id=a&from=2026-02-09T20:00:00Z')).toEqual(idsOf(spread.slice(0, 7)));
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { events: found, next_cursor } = await page(`limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...idsOf(found));
      cursor = next_cursor;
    }
    expect(paged).toEqual(idsOf(spread));
  });

  test('are filtered by each field and by several, and by event time, half-open', async () => {
    const all = events(6, (n) => ({
      bot_id: n % 2 === 0 ? 'even' : 'odd',
      update_id: n,
      ...(n === 1 ? { event_type: 'error', status: 'failed', error_type: 'Timeout' } : {}),
      ...(n === 2 ? { event_type: 'retry', status: 'pending' } : {}),
    }));
    await store(all);
    const of = (...numbers: number[]) => numbers.map((n) => all[n]?.event_id);
    expect(await ids('bot_id=even')).toEqual(of(0, 2, 4));
    expect(await ids('event_type=retry')).toEqual(of(2));
    expect(await ids('status=failed')).toEqual(of(1));
    expect(await ids('error_type=Timeout')).toEqual(of(1));
    expect(await ids('update_id=4')).toEqual(of(4));
    expect(await ids('update_id=4&bot_id=even')).toEqual(of(4));
    expect(await ids('update_id=4&bot_id=odd')).toEqual([]);
    expect(await ids('bot_id=odd&status=success')).toEqual(of(3, 5));
    expect(await ids(`from=${all[3]?.timestamp}&to=${all[1]?.timestamp}`)).toEqual(of(2, 3));
    expect(await ids(`bot_id=even&to=${all[1]?.timestamp}`)).toEqual(of(2, 4));
  });

  test('one that was stored again is there once, and pages are full all the same', async () => {
    const all = events(7);
    for (let n = 0; n < 3; n += 1) await store(all);
    expect(await ids('limit=5')).toEqual(idsOf(all.slice(0, 5)));
    expect(await ids('limit=5&bot_id=a')).toEqual(idsOf(all.slice(0, 5)));
    const { next_cursor } = await page('limit=5');
    expect(await page(`limit=5&cursor=${next_cursor}`)).toMatchObject({
      events: all.slice(5),
      next_cursor: null,
    });
  });

  describe.each(['', 'bot_id=a&', 'event_type=received&'])('page by page (%s)', (filter) => {
    test('each comes once, also of one millisecond, while rows arrive and are replaced', async () => {
      const moment = '2026-02-10T18:59:59.500Z';
      const together = Array.from({ length: 9 }, () => testEvent(moment));
      const before = [...events(8), ...together];
      await store(before);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const rest: string = cursor === null ? '' : `&cursor=${cursor}`;
        const found = await page(`${filter}limit=3${rest}`);
        expect(found.events.length).toBeLessThanOrEqual(3);
        seen.push(...idsOf(found.events));
        cursor = found.next_cursor;
        // Newer ones, which belong before the first page, and some of those that were seen or not.
        await store([testEvent('2026-02-10T19:30:00Z'), ...before.slice(2, 12)]);
      } while (cursor !== null);
      expect(seen).toHaveLength(before.length);
      expect(new Set(seen)).toEqual(new Set(idsOf(before)));
    });
  });

  test('the largest page', async () => {
    const all = events(1_001);
    await store(all);
    const { events: found, next_cursor } = await page('limit=1000');
    expect(idsOf(found)).toEqual(idsOf(all.slice(0, 1_000)));
    expect(await ids(`limit=1000&cursor=${next_cursor}`)).toEqual(idsOf(all.slice(1_000)));
  });

  test.each([
    ['limit=0', 'limit', /^limit must be a whole number from 1 to 1000/],
    ['limit=1001', 'limit', /^limit must be/],
    ['event_type=loud', 'event_type', /^event_type must be one of received, /],
    ['status=silent', 'status', /^status must be one of success, /],
    ['update_id=many', 'update_id', /^update_id must be an integer/],
    ['update_id=9007199254740993', 'update_id', /^update_id must be an integer/],
    ['error_type=', 'error_type', /^error_type must be 1 to 100 characters/],
    ['bot_id=a%20b', 'bot_id', /^bot_id must be 1 to 64 of/],
    ['from=yesterday', 'from', /^from must be ISO 8601/],
    ['from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z', 'from', /^from must be before to$/],
    ['cursor=x', 'cursor', /^cursor must be the next_cursor/],
    ['bot=a', 'bot', /^Unknown query parameter "bot". Did you mean "bot_id"\?$/],
  ])('?%s is 400 and says what is wrong', async (query, field, message) => {
    const { statusCode, body } = await send('GET', `/api/events?${query}`);
    expect(statusCode).toBe(400);
    expect(body).toMatchObject({
      status: 'error',
      error: expect.any(String),
      details: [{ field, message: expect.stringMatching(message) }],
    });
  });
});
