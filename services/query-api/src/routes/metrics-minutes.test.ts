import { type MetricsRow, MetricsRowSchema } from '@hookpulse/api/metrics-row';
import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { countEvent, emptyCounters, eventsOf } from '@hookpulse/common/windows/counters';
import { averageMs } from '@hookpulse/common/windows/window';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import Value from 'typebox/value';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { createTestToken } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';

const NOW_MS = Date.parse('2026-02-10T20:30:20Z');
const PATH = '/api/metrics/hourly?by=minute';

describeWithClickHouse('GET /api/metrics/hourly?by=minute', (serverUrl) => {
  let api: TestQueryApi;
  let send: JsonSender;

  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
    send = jsonSender(api.openApp(), TEST_TOKENS.read);
  });
  afterAll(() => api?.close());
  beforeEach(() => api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_slices' }));

  interface Page {
    readonly metrics: MetricsRow[];
    readonly next_cursor: string | null;
  }
  async function page(query: string): Promise<Page> {
    const { statusCode, body } = await send('GET', `${PATH}&${query}`);
    expect({ statusCode, body }).toMatchObject({ statusCode: 200 });
    return body;
  }
  const store = (events: readonly WebhookEvent[], origin = {}) =>
    storeEvents(api.clickhouse, events, origin);
  const processed = (timestamp: string, processing_time_ms: number, bot_id = 'a') =>
    testEvent(timestamp, { bot_id, event_type: 'processed', processing_time_ms });

  test('a minute is the sum of its slices, over partitions and epochs, in their newest state', async () => {
    await store([processed('2026-02-10T20:10:05Z', 9_999)], { next_offset: 2 });
    await store([processed('2026-02-10T20:10:05Z', 10), processed('2026-02-10T20:10:55Z', 20)], {
      next_offset: 9,
    });
    await store([processed('2026-02-10T20:10:06Z', 30)], { log_partition: 4 });
    await store([processed('2026-02-10T20:10:07Z', 40)], { log_epoch: 1 });
    await store([processed('2026-02-10T20:11:00Z', 50)]);
    const { metrics, next_cursor } = await page('bot_id=a');
    expect(next_cursor).toBeNull();
    expect(metrics).toMatchObject([
      { start: '2026-02-10T20:11:00Z', hour: 20, requests_processed: 1 },
      {
        start: '2026-02-10T20:10:00Z',
        bot_id: 'a',
        date: '2026-02-10',
        requests_processed: 4,
        avg_processing_time_ms: 25,
        p50_processing_time_ms: 20,
        p99_processing_time_ms: 40,
        last_event_at: '2026-02-10T20:10:55.000Z',
      },
    ]);
    expect(metrics.flatMap((row) => [...Value.Errors(MetricsRowSchema, row)])).toEqual([]);
  });

  test('a row that a rebuild has corrected counts, though its next_offset is the same', async () => {
    await store([processed('2026-02-10T20:10:05Z', 9_999)], { next_offset: 7 });
    const corrected = [
      processed('2026-02-10T20:10:05Z', 10),
      processed('2026-02-10T20:10:06Z', 30),
    ];
    await store(corrected, { next_offset: 7 });
    expect((await page('bot_id=a')).metrics).toMatchObject([
      { requests_processed: 2, avg_processing_time_ms: 20, p99_processing_time_ms: 30 },
    ]);
  });

  test('of the fleet a minute has counts and averages, and no percentiles', async () => {
    await store([
      processed('2026-02-10T20:10:05Z', 10),
      processed('2026-02-10T20:10:06Z', 30, 'b'),
    ]);
    expect((await page('group=fleet')).metrics).toMatchObject([
      {
        bot_id: null,
        start: '2026-02-10T20:10:00Z',
        events: 2,
        avg_processing_time_ms: 20,
        p50_processing_time_ms: null,
        p99_processing_time_ms: null,
      },
    ]);
  });

  test('of the fleet are summed once for all who ask, and anew where a late event changes them', async () => {
    await store([processed('2026-02-10T20:10:05Z', 10), processed('2026-02-10T20:11:05Z', 10)]);
    const query = jest.spyOn(api.clickhouse, 'query');
    const sumsOf = () =>
      query.mock.calls.flatMap(([{ query: sql = '', query_params = {} }]) =>
        sql.includes('webhook_slices FINAL') ? [query_params.starts] : [],
      );
    const minute = (time: string) => Date.parse(`2026-02-10T${time}:00Z`);
    const answers = await Promise.all([1, 2, 3].map(() => page('group=fleet')));
    expect(answers.map(({ metrics }) => metrics.length)).toEqual([2, 2, 2]);
    expect(sumsOf()).toEqual([[minute('20:11'), minute('20:10')]]);
    await store([processed('2026-02-10T20:10:15Z', 30, 'late')], { log_partition: 1 });
    expect((await page('group=fleet')).metrics.map(({ events }) => events)).toEqual([1, 2]);
    expect(sumsOf()[1]).toEqual([minute('20:10')]);
    expect(sumsOf()).toHaveLength(2);
    query.mockRestore();
  });

  test('of the fleet that late events change are summed apart from what is known between them', async () => {
    const times = ['18:00', '19:30', '20:10'].map((time) => `2026-02-10T${time}:05Z`);
    await store(times.map((time) => processed(time, 10)));
    await page('group=fleet');
    const query = jest.spyOn(api.clickhouse, 'query');
    await store(
      times.filter((_, n) => n !== 1).map((time) => processed(time, 30)),
      { log_partition: 1 },
    );
    expect((await page('group=fleet')).metrics.map(({ events }) => events)).toEqual([2, 1, 2]);
    const spans = query.mock.calls.flatMap(([{ query: sql = '', query_params: asked = {} }]) =>
      sql.includes('webhook_slices FINAL') ? [Number(asked.to_s) - Number(asked.from_s)] : [],
    );
    expect(spans).toEqual([60, 60]);
    query.mockRestore();
  });

  test('page by page, a beginning that is too old in the meantime is no error', async () => {
    const from = iso(NOW_MS - 25 * 60 * MINUTE_MS - MINUTE_MS);
    await store([processed('2026-02-10T20:10:05Z', 10), processed('2026-02-10T20:11:05Z', 10)]);
    expect((await send('GET', `${PATH}&bot_id=a&from=${from}`)).statusCode).toBe(400);
    for (const whose of ['bot_id=a', 'group=fleet']) {
      const { next_cursor } = await page(`${whose}&limit=1`);
      const later = await page(`${whose}&limit=1&from=${from}&cursor=${next_cursor}`);
      expect(later.metrics).toMatchObject([{ start: '2026-02-10T20:10:00Z' }]);
    }
  });

  test('of bots that a restricted token may not see are refused', async () => {
    const { token } = await createTestToken(api, { bots: ['b'] });
    const restricted = jsonSender(api.openApp(), token);
    for (const query of ['bot_id=a', 'group=fleet']) {
      expect((await restricted('GET', `${PATH}&${query}`)).statusCode).toBe(403);
    }
  });

  test('whatever is stored, minutes are what counting by hand gives, page by page', async () => {
    const event = fc.record({
      bot: fc.constantFrom('a', 'b'),
      agoMs: fc.oneof(fc.nat(10 * MINUTE_MS), fc.nat(26 * 60 * MINUTE_MS)),
      type: fc.constantFrom('received', 'processed', 'error'),
      durationMs: fc.option(fc.integer({ min: 0, max: 5_000 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 40 }),
        fc.nat(25 * 60),
        fc.integer({ min: 1, max: 7 }),
        async (given, backMinutes, limit) => {
          await api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_slices' });
          const events = given.map(({ bot, agoMs, type, durationMs }) =>
            testEvent(iso(NOW_MS - agoMs), {
              bot_id: bot,
              event_type: type as WebhookEvent['event_type'],
              status: type === 'error' ? 'failed' : 'success',
              error_type: type === 'error' ? 'Timeout' : null,
              processing_time_ms: type === 'received' ? null : durationMs,
            }),
          );
          // Half of them by another partition, as after a repartitioning.
          await store(events.filter((_, n) => n % 2 === 0));
          await store(
            events.filter((_, n) => n % 2 === 1),
            { log_partition: 1 },
          );
          const fromMs = NOW_MS - backMinutes * MINUTE_MS;
          for (const bot of ['a', null]) {
            const whose = bot === null ? 'group=fleet' : `bot_id=${bot}`;
            const rows: MetricsRow[] = [];
            for (let cursor = ''; ; ) {
              const found = await page(`${whose}&from=${iso(fromMs)}&limit=${limit}${cursor}`);
              rows.push(...found.metrics);
              if (found.next_cursor === null) break;
              cursor = `&cursor=${found.next_cursor}`;
            }
            const own = events.filter(({ bot_id }) => bot === null || bot_id === bot);
            expect(rows.map(essence)).toEqual(byHand(own, fromMs, bot !== null));
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

function essence(row: MetricsRow) {
  const { start, events, requests_failed, avg_processing_time_ms, p95_processing_time_ms } = row;
  return [start, events, requests_failed, avg_processing_time_ms, p95_processing_time_ms];
}

/** Newest first. */
function byHand(events: readonly WebhookEvent[], fromMs: number, hasPercentiles: boolean) {
  const floor = (timeMs: number) => timeMs - (timeMs % MINUTE_MS);
  const timeOf = ({ timestamp }: WebhookEvent) => Date.parse(timestamp);
  const byMinute = Map.groupBy(
    events.filter((one) => timeOf(one) >= floor(fromMs)),
    (one) => floor(timeOf(one)),
  );
  return [...byMinute]
    .toSorted(([a], [b]) => b - a)
    .map(([startMs, own]) => {
      const counters = emptyCounters();
      for (const one of own) countEvent(counters, one);
      const digest = new LatencyDigest();
      const times = own.flatMap(({ processing_time_ms }) => processing_time_ms ?? []);
      for (const time of times) digest.add(time);
      const sumMs = times.reduce((sum, time) => sum + time, 0);
      const average = averageMs({ sumMs, count: times.length });
      return [
        iso(startMs).replace('.000Z', 'Z'),
        eventsOf(counters),
        counters.requests_failed,
        average === null ? null : expect.closeTo(average, 1),
        hasPercentiles ? digest.percentile(0.95) : null,
      ];
    });
}
