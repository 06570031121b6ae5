import { BotHealthSchema } from '@hookpulse/api/bot-health';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { testBot } from '@hookpulse/common/testing/bots';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';

const NOW = '2026-02-10T20:05:05.000Z';
describeWithClickHouse('GET /api/health/webhook/<bot_id>', (serverUrl) => {
  let api: TestQueryApi;
  let app: HttpApp;

  beforeAll(async () => {
    api = await openTestQueryApi(Date.parse(NOW), serverUrl);
    app = api.openApp({ tokens: { admin: 'x', read: null } });
    await api.registry.put(testBot('a'));
  });
  afterAll(() => api?.close());

  beforeEach(async () => {
    await api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_slices' });
    await api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_metrics' });
  });

  async function getHealth(botId = 'a') {
    const answer = await app.inject(`/api/health/webhook/${botId}/`);
    return { statusCode: answer.statusCode, body: answer.json() };
  }

  const EMPTY_SPAN = {
    events: 0,
    errors: 0,
    error_rate: '0.0%',
    requests_received: 0,
    requests_processed: 0,
    requests_failed: 0,
    responses_sent: 0,
    retries: 0,
    signature_validation_failures: 0,
    timeout_errors: 0,
    processing_errors: 0,
    avg_processing_time_ms: null,
    p50_processing_time_ms: null,
    p95_processing_time_ms: null,
    p99_processing_time_ms: null,
    avg_response_time_ms: null,
  };

  describe('one bot', () => {
    test('without events has every field, at nothing', async () => {
      expect(await getHealth()).toEqual({
        statusCode: 200,
        body: {
          bot_id: 'a',
          bot_name: 'Bot a',
          delivery_mode: 'webhook',
          timestamp: '2026-02-10T20:05:05Z',
          status: 'awaiting_first_delivery',
          current_hour: EMPTY_SPAN,
          last_15_minutes: EMPTY_SPAN,
          hourly: [],
          alerts: [],
          warnings: [],
          webhook_registered: false,
        },
      });
    });

    test('shows every count, average and percentile of its spans', async () => {
      const time = '2026-02-10T20:01:00Z';
      await storeEvents(api.clickhouse, [
        ...[10, 20, 30].map((ms) =>
          testEvent(time, { event_type: 'processed', processing_time_ms: ms }),
        ),
        testEvent(time),
        testEvent(time, { status: 'failed', error_type: 'InvalidSignature' }),
        testEvent(time, { event_type: 'error', status: 'failed', error_type: 'Timeout' }),
        testEvent(time, { event_type: 'error', status: 'failed', processing_time_ms: 100 }),
        testEvent(time, { event_type: 'response_sent', response_time_ms: 1.234_56 }),
        testEvent(time, { event_type: 'retry', status: 'pending' }),
      ]);
      const span = {
        events: 6,
        errors: 3,
        error_rate: '50.0%',
        requests_received: 2,
        requests_processed: 3,
        requests_failed: 3,
        responses_sent: 1,
        retries: 1,
        signature_validation_failures: 1,
        timeout_errors: 1,
        processing_errors: 1,
        avg_processing_time_ms: 40,
        p50_processing_time_ms: 20,
        p95_processing_time_ms: 100,
        p99_processing_time_ms: 100,
        avg_response_time_ms: 1.235,
      };
      const { statusCode, body } = await getHealth();
      expect(statusCode).toBe(200);
      expect(body).toMatchObject({ status: 'unhealthy', webhook_registered: true });
      expect(body.current_hour).toEqual(span);
      expect(body.last_15_minutes).toEqual(span);
      expect(body.hourly).toEqual([{ date: '2026-02-10', hour: 20, ...span }]);
      expect(Value.Check(BotHealthSchema, body)).toBe(true);
    });

    test('has an hour that ends at the full hour, and 15 minutes that do not', async () => {
      await storeEvents(api.clickhouse, [
        testEvent('2026-02-10T19:49:59.999Z'),
        testEvent('2026-02-10T19:59:59.999Z'),
        testEvent('2026-02-10T20:00:00.000Z'),
      ]);
      const { body } = await getHealth();
      expect(body.current_hour.events).toBe(1);
      expect(body.last_15_minutes.events).toBe(2);
      expect(
        body.hourly.map((hour: { hour: number; events: number }) => [hour.hour, hour.events]),
      ).toEqual([
        [20, 1],
        [19, 2],
      ]);
    });

    test('lists its last 24 clock hours, newest first, without the empty ones', async () => {
      await storeEvents(api.clickhouse, [
        testEvent('2026-02-09T20:59:59Z'),
        testEvent('2026-02-09T21:00:00Z'),
        testEvent('2026-02-10T03:00:00Z'),
        testEvent('2026-02-10T20:00:00Z'),
        testEvent('2026-02-10T21:00:00Z'),
      ]);
      const { body } = await getHealth();
      expect(
        body.hourly.map((hour: { date: string; hour: number }) => [hour.date, hour.hour]),
      ).toEqual([
        ['2026-02-10', 20],
        ['2026-02-10', 3],
        ['2026-02-09', 21],
      ]);
    });

    test('merges what several partitions and epochs have fed, by the newest states', async () => {
      const time = '2026-02-10T20:01:00Z';
      const processed = (ms: number) =>
        testEvent(time, { event_type: 'processed', processing_time_ms: ms });
      const { clickhouse } = api;
      await storeEvents(clickhouse, [processed(10), processed(20)], { next_offset: 9 });
      await storeEvents(clickhouse, [processed(10)], { next_offset: 8 });
      await storeEvents(clickhouse, [processed(30)], { log_partition: 3 });
      await storeEvents(clickhouse, [processed(40), processed(50)], { log_epoch: 1 });
      const { body } = await getHealth();
      for (const span of [body.current_hour, body.last_15_minutes, body.hourly[0]]) {
        expect(span).toMatchObject({
          events: 5,
          avg_processing_time_ms: 30,
          p50_processing_time_ms: 30,
          p99_processing_time_ms: 50,
        });
      }
      expect(body.hourly).toHaveLength(1);
    });

    test('sees no other bot’s events', async () => {
      await storeEvents(api.clickhouse, [testEvent('2026-02-10T20:01:00Z', { bot_id: 'b' })]);
      expect((await getHealth()).body).toMatchObject({
        status: 'awaiting_first_delivery',
        hourly: [],
      });
    });
  });

  describe('webhook_registered', () => {
    test('is false as long as every delivery had a wrong secret', async () => {
      const wrong = { status: 'failed', error_type: 'InvalidSignature' } as const;
      await storeEvents(api.clickhouse, [testEvent('2026-02-10T20:01:00Z', wrong)]);
      expect((await getHealth()).body.webhook_registered).toBe(false);
    });

    test('stays true after a quiet month, and is false while the bot is disabled', async () => {
      await storeEvents(api.clickhouse, [testEvent('2026-01-10T20:01:00Z')]);
      expect((await getHealth()).body).toMatchObject({ webhook_registered: true, hourly: [] });

      await api.registry.put(testBot('a', { enabled: false }));
      expect(await getHealth()).toMatchObject({
        statusCode: 200,
        body: { webhook_registered: false },
      });
      await api.registry.put(testBot('a'));
    });
  });

  describe('the clock of a worker', () => {
    const processed = { event_type: 'processed' } as const;
    /** Taken by the log at that time. */
    const store = (
      takenAt: string,
      latenessMs: number,
      changes: Partial<WebhookEvent> = processed,
    ) => {
      const timestamp = new Date(Date.parse(takenAt) - latenessMs).toISOString();
      return storeRawEvents(api.clickhouse, [testEvent(timestamp, changes)], { latenessMs });
    };
    const warnings = async () => (await getHealth()).body.warnings;

    beforeEach(async () => {
      await api.clickhouse.command({ query: 'TRUNCATE TABLE webhook_events' });
    });

    test.each([
      ['20 minutes slow', 1_200_000, /arrive 20 minutes after .* is slow/],
      ['three days slow', 3 * 86_400_000, /arrive 3 days after/],
      ['half a minute slow', 30_000, /arrive 30 seconds after/],
      ['five minutes fast', -300_000, /arrive 5 minutes before .* is fast/],
    ])('that is %s is warned of', async (_name, latenessMs, message) => {
      for (const second of [10, 20, 30]) {
        await store(`2026-02-10T20:01:${second}.000Z`, latenessMs + second);
      }
      expect(await warnings()).toEqual([
        {
          kind: 'clock_difference',
          seconds: latenessMs / 1_000,
          message: expect.stringMatching(message),
        },
      ]);
    });

    test('is judged by the median of the last 15 minutes’ reports of this bot', async () => {
      // Of before, of another bot, and what ingest received itself.
      await store('2026-02-10T19:40:00.000Z', 1_200_000);
      await store('2026-02-10T20:01:00.000Z', 1_200_000, { ...processed, bot_id: 'b' });
      await store('2026-02-10T20:01:00.000Z', 1_200_000, { event_type: 'received' });
      expect(await warnings()).toEqual([]);
      await store('2026-02-10T20:01:00.000Z', 1_200_000);
      expect(await warnings()).toHaveLength(1);
      for (const second of [10, 20]) await store(`2026-02-10T20:01:${second}.000Z`, 29_000);
      expect(await warnings()).toEqual([]);
    });

    test('is unknown of rows of a version that did not keep the time of the log', async () => {
      await store('2026-02-10T20:01:00.000Z', 0);
      await api.clickhouse.command({
        query: `INSERT INTO webhook_events (event_id, bot_id, event_type, status, timestamp)
          SELECT generateUUIDv4(), 'a', 'processed', 'success', '2026-02-10 19:01:00' FROM numbers(5)`,
      });
      expect(await warnings()).toEqual([]);
    });
  });

  test.each(['b', '%20', "a'%20OR%20'1'%3D'1", 'x'.repeat(5_000)])(
    'an unknown bot is 404: %s',
    async (botId) => {
      expect(await getHealth(botId)).toEqual({
        statusCode: 404,
        body: { status: 'error', error: 'There is no bot with this bot_id.', details: [] },
      });
    },
  );
});
