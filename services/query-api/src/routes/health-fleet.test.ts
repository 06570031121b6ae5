import { FleetHealthSchema } from '@hookpulse/api/fleet-health';
import { testBot } from '@hookpulse/common/testing/bots';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';

const NOW = '2026-02-10T20:00:05.000Z';
describeWithClickHouse('GET /api/health/webhook', (serverUrl) => {
  let api: TestQueryApi;
  let app: HttpApp;

  beforeAll(async () => {
    api = await openTestQueryApi(Date.parse(NOW), serverUrl);
    app = api.openApp({ tokens: { admin: 'x', read: null } });
  });
  afterAll(() => api?.close());

  beforeEach(async () => {
    for (const bot of api.registry.list()) await api.registry.remove(bot.bot_id);
    await api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_slices' });
    await api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_metrics' });
  });

  /** `count` updates that were received and processed in 40 ms, and of these `failed` that failed. */
  function traffic(botId: string, time: string, count: number, failed = 0) {
    return Array.from({ length: count }, (_, index) => [
      testEvent(time, { bot_id: botId }),
      testEvent(time, {
        bot_id: botId,
        event_type: index < failed ? 'error' : 'processed',
        status: index < failed ? 'failed' : 'success',
        processing_time_ms: 40,
      }),
    ]).flat();
  }

  async function getHealth(query = '') {
    const answer = await app.inject(`/api/health/webhook/${query}`);
    return { statusCode: answer.statusCode, body: answer.json() };
  }

  describe('the fleet', () => {
    test('without bots has no traffic', async () => {
      expect(await getHealth()).toEqual({
        statusCode: 200,
        body: {
          status: 'no_traffic',
          timestamp: '2026-02-10T20:00:05Z',
          summary: {
            webhook_bots_count: 0,
            total_events_last_15min: 0,
            total_errors_last_15min: 0,
            overall_error_rate: '0.0%',
          },
          bots: [],
        },
      });
    });

    test('tells on demand how the last 24 hours of each bot went', async () => {
      await api.registry.put(testBot('a'));
      await api.registry.put(testBot('b'));
      await storeEvents(api.clickhouse, [
        ...traffic('a', '2026-02-09T20:59:59Z', 7), // an hour too early
        ...traffic('a', '2026-02-09T21:00:00Z', 3, 1),
        ...traffic('a', '2026-02-10T19:30:00Z', 5),
        testEvent('2026-02-10T20:00:01Z', { bot_id: 'a' }),
      ]);
      // The same hour on another partition, as after a change of their number.
      await storeEvents(api.clickhouse, traffic('a', '2026-02-10T19:40:00Z', 2), {
        log_partition: 1,
      });
      const { body } = await getHealth('?trends=true');
      expect(Value.Check(FleetHealthSchema, body)).toBe(true);
      const hours = (known: Record<number, number>) =>
        Array.from({ length: 24 }, (_, nth) => known[nth] ?? 0);
      expect(body.bots[0].trend).toEqual({
        hours_from: '2026-02-09T21:00:00Z',
        events: hours({ 0: 3, 22: 7, 23: 1 }),
        errors: hours({ 0: 1 }),
        p95_processing_time_ms: 40,
      });
      expect(body.bots[1].trend).toEqual({
        hours_from: '2026-02-09T21:00:00Z',
        events: hours({}),
        errors: hours({}),
        p95_processing_time_ms: null,
      });
      expect((await getHealth()).body.bots[0]).not.toHaveProperty('trend');
    });

    test('is answered in the form of the contract, with or without the slash', async () => {
      await api.registry.put(testBot('a'));
      await api.registry.put(testBot('b', { name: 'Second' }));
      await storeEvents(api.clickhouse, [
        ...traffic('a', '2026-02-10T19:59:58.250Z', 19, 1),
        testEvent('2026-02-10T19:46:00Z', { bot_id: 'a' }),
      ]);
      const expected = {
        status: 'healthy',
        timestamp: '2026-02-10T20:00:05Z',
        summary: {
          webhook_bots_count: 2,
          total_events_last_15min: 20,
          total_errors_last_15min: 1,
          overall_error_rate: '5.0%',
        },
        bots: [
          {
            bot_id: 'a',
            bot_name: 'Bot a',
            status: 'healthy',
            events_last_15min: 20,
            errors_last_15min: 1,
            error_rate: '5.0%',
            avg_processing_time_ms: 40,
            last_event_at: '2026-02-10T19:59:58Z',
          },
          {
            bot_id: 'b',
            bot_name: 'Second',
            status: 'awaiting_first_delivery',
            events_last_15min: 0,
            errors_last_15min: 0,
            error_rate: '0.0%',
            avg_processing_time_ms: null,
            last_event_at: null,
          },
        ],
      };
      expect((await app.inject('/api/health/webhook')).json()).toEqual(expected);
      const { statusCode, body } = await getHealth();
      expect(statusCode).toBe(200);
      expect(body).toEqual(expected);
      expect(Value.Check(FleetHealthSchema, body)).toBe(true);
    });

    test('counts the slices that start within 15 minutes, and what is ahead of the clock', async () => {
      await api.registry.put(testBot('a'));
      await storeEvents(api.clickhouse, [
        testEvent('2026-02-10T19:44:59.999Z'),
        testEvent('2026-02-10T19:45:00.000Z'),
        testEvent('2026-02-10T19:45:05.000Z'),
        testEvent('2026-02-10T20:02:00.000Z'),
      ]);
      expect((await getHealth()).body.summary.total_events_last_15min).toBe(3);
    });

    test('takes the newest state of a row, and sums partitions and epochs', async () => {
      await api.registry.put(testBot('a'));
      const time = '2026-02-10T19:59:00Z';
      const { clickhouse } = api;
      await storeEvents(clickhouse, traffic('a', time, 5), { next_offset: 20 });
      await storeEvents(clickhouse, traffic('a', time, 3), { next_offset: 12 });
      await storeEvents(clickhouse, traffic('a', time, 4), { log_partition: 1 });
      await storeEvents(clickhouse, traffic('a', time, 2), { log_epoch: 1 });
      expect((await getHealth()).body.summary.total_events_last_15min).toBe(11);
    });

    test('counts an update once whose processing falls into a later slice', async () => {
      await api.registry.put(testBot('a'));
      await storeEvents(api.clickhouse, [
        testEvent('2026-02-10T19:50:00Z'),
        testEvent('2026-02-10T19:50:30Z', { event_type: 'processed' }),
      ]);
      expect((await getHealth()).body.bots[0].events_last_15min).toBe(1);
    });

    test('knows the last event of a silent bot for 7 days', async () => {
      for (const id of ['a', 'b', 'c']) await api.registry.put(testBot(id));
      await storeEvents(api.clickhouse, [
        testEvent('2026-02-10T18:30:15.900Z', { bot_id: 'a' }),
        testEvent('2026-02-04T01:00:00Z', { bot_id: 'b' }),
        testEvent('2026-02-02T01:00:00Z', { bot_id: 'c' }),
      ]);
      const { body } = await getHealth();
      expect(body.bots.map((bot: { last_event_at: string }) => bot.last_event_at)).toEqual([
        '2026-02-10T18:30:15Z',
        '2026-02-04T01:00:00Z',
        null,
      ]);
    });

    test('leaves out disabled and unknown bots, also from the totals', async () => {
      await api.registry.put(testBot('a'));
      await api.registry.put(testBot('off', { enabled: false }));
      await storeEvents(api.clickhouse, [
        ...traffic('a', '2026-02-10T19:59:00Z', 1),
        ...traffic('off', '2026-02-10T19:59:00Z', 10, 10),
        ...traffic('stranger', '2026-02-10T19:59:00Z', 10, 10),
      ]);
      const { body } = await getHealth();
      expect(body.summary).toMatchObject({ webhook_bots_count: 1, total_events_last_15min: 1 });
      expect(body.bots).toHaveLength(1);
    });
  });

  describe('the query', () => {
    beforeEach(async () => {
      for (const id of ['bad', 'fine', 'silent', 'new']) await api.registry.put(testBot(id));
      await api.firstEvents.note(new Map([['silent', Date.parse('2026-02-03T00:00:00Z')]]));
      await storeEvents(api.clickhouse, [
        ...traffic('bad', '2026-02-10T19:59:00Z', 10, 5),
        ...traffic('fine', '2026-02-10T19:59:00Z', 10),
      ]);
    });

    test.each([
      ['healthy', ['fine']],
      ['degraded', []],
      ['unhealthy', ['bad']],
      ['no_traffic', ['silent']],
      ['awaiting_first_delivery', ['new']],
    ])('status=%s filters the list and leaves the summary', async (status, ids) => {
      const { statusCode, body } = await getHealth(`?status=${status}`);
      expect(statusCode).toBe(200);
      expect(body.bots.map((bot: { bot_id: string }) => bot.bot_id)).toEqual(ids);
      expect(body.status).toBe('unhealthy');
      expect(body.summary.webhook_bots_count).toBe(4);
    });

    test.each([
      ['?strict=1', 503],
      ['?strict=true', 503],
      ['?strict=0', 200],
      ['?strict=false', 200],
      ['', 200],
      ['?strict=1&status=healthy', 503],
    ])(
      '%s is answered %i with the health, the whole being unhealthy',
      async (query, statusCode) => {
        const answer = await getHealth(query);
        expect(answer.statusCode).toBe(statusCode);
        expect(answer.body).toMatchObject({
          status: 'unhealthy',
          summary: { webhook_bots_count: 4 },
        });
      },
    );

    test('strict=1 is 200 as long as the whole is not unhealthy', async () => {
      await api.registry.remove('bad');
      expect(await getHealth('?strict=1')).toMatchObject({
        statusCode: 200,
        body: { status: 'healthy' },
      });
    });

    test.each(['?status=broken', '?strict=perhaps'])('%s is 400', async (query) => {
      const { statusCode, body } = await getHealth(query);
      expect(statusCode).toBe(400);
      expect(body).toMatchObject({ status: 'error', details: [{ field: expect.any(String) }] });
    });
  });

  test('many callers at once get the same full answer', async () => {
    await api.registry.put(testBot('a'));
    await storeEvents(api.clickhouse, traffic('a', '2026-02-10T19:59:00Z', 3));
    const answers = await Promise.all(Array.from({ length: 20 }, () => getHealth()));
    for (const { body } of answers) expect(body.summary.total_events_last_15min).toBe(3);
  });
});
