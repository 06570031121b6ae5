import { type MetricsRow, MetricsRowSchema } from '@hookpulse/api/metrics-row';
import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';

const PATH = '/api/metrics/hourly';

describeWithClickHouse('GET /api/metrics/hourly', (serverUrl) => {
  let api: TestQueryApi;
  let app: ReturnType<TestQueryApi['openApp']>;
  let send: JsonSender;

  beforeAll(async () => {
    api = await openTestQueryApi(Date.parse('2026-02-10T20:30:00Z'), serverUrl);
    app = api.openApp();
    send = jsonSender(app, TEST_TOKENS.read);
  });
  afterAll(() => api?.close());
  beforeEach(() => api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_metrics' }));

  const store = (events: readonly WebhookEvent[], origin: Parameters<typeof storeEvents>[2] = {}) =>
    storeEvents(api.clickhouse, events, origin);

  async function page(query = ''): Promise<{ metrics: MetricsRow[]; next_cursor: string | null }> {
    const { statusCode, body } = await send('GET', `${PATH}?${query}`);
    expect({ statusCode, body }).toMatchObject({ statusCode: 200 });
    return body;
  }
  const places = async (query = '') =>
    (await page(query)).metrics.map(({ bot_id, start }) => `${bot_id} ${start}`);

  const processed = (bot_id: string, timestamp: string, ...timesMs: number[]) =>
    timesMs.map((processing_time_ms) =>
      testEvent(timestamp, { bot_id, event_type: 'processed', processing_time_ms }),
    );
  const failed = (bot_id: string, timestamp: string) =>
    testEvent(timestamp, {
      bot_id,
      event_type: 'error',
      status: 'failed',
      error_type: 'Timeout',
    });

  const NOTHING = {
    requests_received: 0,
    requests_processed: 0,
    requests_failed: 0,
    responses_sent: 0,
    retries: 0,
    signature_validation_failures: 0,
    timeout_errors: 0,
    processing_errors: 0,
    avg_response_time_ms: null,
  };

  test('without hours there is an empty page', async () => {
    expect(await page()).toEqual({ metrics: [], next_cursor: null });
    expect(await page('group=fleet')).toEqual({ metrics: [], next_cursor: null });
    expect(await page('bot_id=a&by=day')).toEqual({ metrics: [], next_cursor: null });
  });

  test('an hour of a bot has every count, its rates and percentiles', async () => {
    const at = '2026-02-10T19:15:00Z';
    await store([...processed('a', at, 10, 20, 30), failed('a', at)]);
    const { metrics } = await page();
    expect(metrics).toEqual([
      {
        ...NOTHING,
        bot_id: 'a',
        start: '2026-02-10T19:00:00Z',
        date: '2026-02-10',
        hour: 19,
        events: 4,
        errors: 1,
        error_rate: '25.0%',
        requests_processed: 3,
        requests_failed: 1,
        timeout_errors: 1,
        avg_processing_time_ms: 20,
        p50_processing_time_ms: 20,
        p95_processing_time_ms: 30,
        p99_processing_time_ms: 30,
        last_event_at: '2026-02-10T19:15:00.000Z',
      },
    ]);
    expect(Value.Errors(MetricsRowSchema, metrics[0])).toEqual([]);
  });

  test('what was not measured is null, never 0', async () => {
    await store([testEvent('2026-02-10T19:15:00Z')]);
    const { metrics } = await page();
    expect(metrics).toMatchObject([
      { requests_received: 1, avg_processing_time_ms: null, p99_processing_time_ms: null },
    ]);
  });

  test('is merged over the partitions and epochs that fed it, in each row’s newest state', async () => {
    const at = '2026-02-10T19:15:00Z';
    await store(processed('a', at, 1_000), { log_partition: 3, next_offset: 5 });
    await store(processed('a', at, 10, 20), { log_partition: 3, next_offset: 9 });
    await store(processed('a', at, 30), { log_partition: 4, next_offset: 2 });
    await store(processed('a', at, 40), { log_partition: 3, log_epoch: 1, next_offset: 1 });
    const expected = [
      { requests_processed: 4, avg_processing_time_ms: 25, p99_processing_time_ms: 40 },
    ];
    expect((await page()).metrics).toMatchObject(expected);
    expect((await page('group=fleet')).metrics).toMatchObject(expected);
  });

  test('percentiles of a day and of the fleet are of all values, not of the hours’ percentiles', async () => {
    const values = Array.from({ length: 240 }, (_, n) => (n * n) % 977);
    for (const [bot, offset] of [
      ['a', 0],
      ['b', 120],
    ] as const) {
      await store([
        ...processed(bot, '2026-02-10T08:10:00Z', ...values.slice(offset, offset + 7)),
        ...processed(bot, '2026-02-10T09:10:00Z', ...values.slice(offset + 7, offset + 120)),
      ]);
    }
    const exact = (of: readonly number[]) => {
      const digest = new LatencyDigest();
      for (const value of of) digest.add(value);
      return {
        requests_processed: of.length,
        p50_processing_time_ms: digest.percentile(0.5),
        p95_processing_time_ms: digest.percentile(0.95),
        p99_processing_time_ms: digest.percentile(0.99),
      };
    };
    expect((await page('by=day&bot_id=a')).metrics).toMatchObject([
      { bot_id: 'a', hour: null, date: '2026-02-10', ...exact(values.slice(0, 120)) },
    ]);
    expect((await page('by=day&group=fleet')).metrics).toMatchObject([
      { bot_id: null, hour: null, start: '2026-02-10T00:00:00Z', ...exact(values) },
    ]);
    expect((await page('group=fleet')).metrics).toMatchObject([
      { hour: 9, ...exact([...values.slice(7, 120), ...values.slice(127)]) },
      { hour: 8, ...exact([...values.slice(0, 7), ...values.slice(120, 127)]) },
    ]);
  });

  test('the fleet’s hour follows what changes in it', async () => {
    await store(processed('a', '2026-02-10T18:15:00Z', 10));
    await store(processed('a', '2026-02-10T19:15:00Z', 10));
    const shown = async () =>
      (await page('group=fleet')).metrics.map((row) => row.requests_processed);
    expect(await shown()).toEqual([1, 1]);
    expect(await shown()).toEqual([1, 1]);
    await store(processed('b', '2026-02-10T18:15:00Z', 10));
    expect(await shown()).toEqual([1, 2]);
    await store(processed('a', '2026-02-10T19:15:00Z', 10, 20, 30), { next_offset: 3 });
    expect(await shown()).toEqual([3, 2]);
  });

  describe('of several bots and hours', () => {
    const BOTS = ['a', 'b', 'c'];
    const HOURS = ['2026-02-08T23:10:00Z', '2026-02-09T00:10:00Z', '2026-02-10T12:10:00Z'];

    beforeEach(() => store(BOTS.flatMap((bot) => HOURS.flatMap((at) => processed(bot, at, 5)))));

    const all = ['2026-02-10T12:00:00Z', '2026-02-09T00:00:00Z', '2026-02-08T23:00:00Z'].flatMap(
      (start) => BOTS.map((bot) => `${bot} ${start}`),
    );

    test('come newest first, then by bot', async () => {
      expect(await places()).toEqual(all);
      expect(await places('bot_id=b')).toEqual(all.filter((place) => place.startsWith('b')));
      expect(await places('by=day')).toEqual(
        ['2026-02-10', '2026-02-09', '2026-02-08'].flatMap((date) =>
          BOTS.map((bot) => `${bot} ${date}T00:00:00Z`),
        ),
      );
    });

    test('within a span that is widened to whole hours or days', async () => {
      const span = 'from=2026-02-08T23:59:00Z&to=2026-02-09T00:00:00.001Z';
      expect(await places(`${span}&bot_id=a`)).toEqual([
        'a 2026-02-09T00:00:00Z',
        'a 2026-02-08T23:00:00Z',
      ]);
      expect(await places('group=fleet&to=2026-02-09T00:00:00Z')).toEqual([
        'null 2026-02-08T23:00:00Z',
      ]);
      expect(await places('by=day&bot_id=a&from=2026-02-09T22:00:00Z')).toEqual([
        'a 2026-02-10T00:00:00Z',
        'a 2026-02-09T00:00:00Z',
      ]);
    });

    test.each([
      ['', all],
      ['by=day&', null],
      ['bot_id=b&', null],
      ['group=fleet&', null],
      ['group=fleet&by=day&', null],
    ])('page by page (%s) each comes once, while hours change', async (query, expected) => {
      const wanted = expected ?? (await places(query));
      expect(wanted.length).toBeGreaterThan(2);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const rest: string = cursor === null ? '' : `&cursor=${cursor}`;
        const found = await page(`${query}limit=2${rest}`);
        expect(found.metrics.length).toBeLessThanOrEqual(2);
        seen.push(...found.metrics.map(({ bot_id, start }) => `${bot_id} ${start}`));
        cursor = found.next_cursor;
        await store(processed('A-new', '2026-02-10T20:10:00Z', 5));
        await store(processed('b', HOURS[0] ?? '', 5, 6), { next_offset: 7 });
      } while (cursor !== null);
      expect(seen).toEqual(wanted);
    });

    test('go into a file, whole or as many as wanted', async () => {
      const download = (query: string, headers = {}) =>
        app.inject({
          url: `${PATH}?${query}`,
          headers: { authorization: `Bearer ${TEST_TOKENS.read}`, ...headers },
        });
      const answer = await download('format=csv');
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(answer.headers['content-disposition']).toBe(
        'attachment; filename="hookpulse-bots-by-hour.csv"',
      );
      const lines = answer.body.split('\r\n');
      expect(lines).toHaveLength(all.length + 2);
      expect(lines[0]).toMatch(
        /^bot_id,start,date,hour,events,errors,error_rate,requests_received,/,
      );
      expect(lines[1]).toBe(
        'a,2026-02-10T12:00:00Z,2026-02-10,12,1,0,0.0%,0,1,0,0,0,0,0,0,5,5,5,5,,2026-02-10T12:10:00.000Z',
      );
      expect(lines.at(-1)).toBe('');
      const byHeader = await download('group=fleet&limit=2', { accept: 'text/csv, */*' });
      expect(byHeader.body.split('\r\n')).toHaveLength(4);
      expect(byHeader.headers['content-disposition']).toContain('hookpulse-fleet-by-hour.csv');
    });
  });

  test('a page of a thousand bots', async () => {
    const bots = Array.from({ length: 1_001 }, (_, n) => `bot-${`${n}`.padStart(4, '0')}`);
    await store(bots.flatMap((bot) => processed(bot, '2026-02-10T19:15:00Z', 5)));
    const { metrics, next_cursor } = await page('limit=1000');
    expect(metrics.map(({ bot_id }) => bot_id)).toEqual(bots.slice(0, 1_000));
    const rest = await page(`limit=1000&cursor=${next_cursor}`);
    expect(rest.metrics.map(({ bot_id }) => bot_id)).toEqual(bots.slice(1_000));
    expect((await page('group=fleet')).metrics).toMatchObject([{ requests_processed: 1_001 }]);
  });

  test.each([
    ['limit=0', 'limit', /^limit must be a whole number from 1 to 1000/],
    ['by=week', 'by', /^by must be hour \(default\) or day/],
    ['by=minute', 'by', /^by=minute needs bot_id, or group=fleet$/],
    [
      'by=minute&bot_id=a&from=2026-02-09T19:29:59Z',
      'from',
      /^from must be 2026-02-09T19:30:00.000Z or later with by=minute: minutes are kept for a day/,
    ],
    ['group=all', 'group', /^group must be bot \(default\) or fleet/],
    ['group=fleet&bot_id=a', 'group', /^group must be bot when bot_id is given$/],
    ['format=xls', 'format', /^format must be json \(default\) or csv/],
    ['from=yesterday', 'from', /^from must be ISO 8601/],
    ['from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z', 'from', /^from must be before to$/],
    ['cursor=x', 'cursor', /^cursor must be the next_cursor/],
    ['bot=a', 'bot', /^Unknown query parameter "bot". Did you mean "bot_id"\?$/],
  ])('?%s is 400 and says what is wrong', async (query, field, message) => {
    const { statusCode, body } = await send('GET', `${PATH}?${query}`);
    expect({ statusCode, body }).toMatchObject({
      statusCode: 400,
      body: { status: 'error', details: [{ field, message: expect.stringMatching(message) }] },
    });
  });
});
