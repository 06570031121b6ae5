import { EVENT_TYPES, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEventId } from '@hookpulse/common/testing/sample-event';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { COMPARED_NAMES, ReconciliationSchema } from '@hookpulse/common/windows/reconciliation';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import Value from 'typebox/value';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { storeCountedLog } from '../testing/store-counted-log.ts';
import { testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';

const NOW_MS = Date.now();
const HOUR = new Date(Math.floor(NOW_MS / HOUR_MS) * HOUR_MS - 2 * HOUR_MS).toISOString();
const AFTER_HOUR = new Date(Date.parse(HOUR) + HOUR_MS).toISOString();

describeWithClickHouse('reconciliation', (serverUrl) => {
  let api: TestQueryApi;
  let app: HttpApp;

  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
    app = api.openApp();
  });
  afterAll(() => api?.close());

  /** The log goes on, and what is stored of it begins anew. */
  beforeEach(async () => {
    for (const table of ['webhook_events', 'webhook_metrics', 'webhook_positions']) {
      await command(`TRUNCATE TABLE ${table}`);
    }
  });

  async function logEnd(botId: string): Promise<number> {
    const partition = await api.deps.log.partitionFor(EVENTS_TOPIC, botId);
    const ranges = await api.deps.log.ranges(EVENTS_TOPIC);
    return Number(ranges[partition]?.endOffset);
  }

  async function getReconciliation(query: Record<string, string> = {}, token = TEST_TOKENS.read) {
    const answer = await app.inject({
      url: '/api/admin/reconciliation',
      query,
      headers: { authorization: `Bearer ${token}` },
    });
    return { statusCode: answer.statusCode, body: answer.json() };
  }

  let nextId = 0;

  /** @param minute - of the hour that is tampered with in these tests */
  function event(botId: string, minute: number, changes: Partial<WebhookEvent> = {}): WebhookEvent {
    nextId += 1;
    const time = new Date(Date.parse(HOUR) + minute * 60_000).toISOString();
    return testEvent(time, { bot_id: botId, event_id: sampleEventId(nextId), ...changes });
  }

  function command(query: string) {
    return api.clickhouse.command({ query });
  }

  async function storeThreeBots(): Promise<void> {
    await storeCountedLog(api.deps, [
      event('a', 1),
      event('a', 2, { event_type: 'processed', processing_time_ms: 0.1 }),
      event('a', 65),
      event('b', 3),
      event('b', 4, { event_type: 'error', status: 'failed', error_type: 'Timeout' }),
      event('c', 5, { event_type: 'processed', processing_time_ms: 0.2, response_time_ms: 5 }),
    ]);
  }

  test('an empty store agrees with an empty log', async () => {
    const { statusCode, body } = await getReconciliation();
    expect(statusCode).toBe(200);
    expect(Value.Check(ReconciliationSchema, body)).toBe(true);
    expect(body).toMatchObject({ status: 'agrees', differences: [], differences_total: 0 });
    expect(body.partitions).toHaveLength(12);
  });

  test('what was counted right agrees, with the figures of each partition', async () => {
    await storeThreeBots();
    const { body } = await getReconciliation();
    expect(Value.Errors(ReconciliationSchema, body)).toEqual([]);
    expect(body).toMatchObject({ status: 'agrees', differences: [] });
    const partition = await api.deps.log.partitionFor(EVENTS_TOPIC, 'a');
    expect(body.partitions[partition]).toMatchObject({
      partition,
      epoch: 0,
      log_start_offset: 0,
      log_end_offset: await logEnd('a'),
      next_offset: await logEnd('a'),
      lag: 0,
      raw_events: 3,
      raw_events_to_come: 0,
      windows: 2,
      differing_windows: 0,
      sums: {
        requests_received: { windows: 2, raw: 2 },
        processing_time_count: { windows: 1, raw: 1 },
      },
      problem: null,
    });
  });

  test('counts in SQL are the counts in code, whatever the events', async () => {
    const arbitraryEvent = fc.record({
      bot_id: fc.constantFrom('a', 'b'),
      event_type: fc.constantFrom(...EVENT_TYPES),
      status: fc.constantFrom('success', 'failed', 'pending'),
      error_type: fc.constantFrom(null, 'Timeout', 'InvalidSignature', 'ValueError'),
      processing_time_ms: fc.oneof(fc.constant(null), fc.double({ min: 0, noNaN: true })),
      response_time_ms: fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e6, noNaN: true })),
      minute: fc.integer({ min: 0, max: 110 }),
    });
    const [events = []] = fc.sample(
      fc.array(arbitraryEvent, { minLength: 500, maxLength: 500, size: 'max' }),
      { numRuns: 1 },
    );
    const isFiniteOrNull = (ms: number | null) => ms === null || Number.isFinite(ms);
    await storeCountedLog(
      api.deps,
      events
        .filter((one) => isFiniteOrNull(one.processing_time_ms))
        .map(({ minute, bot_id, ...changes }) => event(bot_id, minute, changes as object)),
    );
    const { body } = await getReconciliation();
    expect(body.differences).toEqual([]);
    expect(body.status).toBe('agrees');
  });

  describe('says which hour and bot differ', () => {
    beforeEach(storeThreeBots);

    async function differences() {
      const { body } = await getReconciliation();
      expect(Value.Errors(ReconciliationSchema, body)).toEqual([]);
      expect(body.status).toBe('differs');
      expect(body.differences_total).toBe(body.differences.length);
      return body.differences;
    }

    test.each(COMPARED_NAMES)('when %s was changed', async (name) => {
      await command(
        `ALTER TABLE webhook_metrics UPDATE ${name} = ${name} + 3 WHERE bot_id = 'a' AND hour = toHour(toDateTime('${HOUR.slice(0, 19)}', 'UTC')) SETTINGS mutations_sync = 1`,
      );
      expect(await differences()).toEqual([
        expect.objectContaining({
          bot_id: 'a',
          hour: HOUR,
          kind: 'counts',
          next_offset: await logEnd('a'),
          counts: [{ name, windows: expect.any(Number), raw: expect.any(Number) }],
        }),
      ]);
    });

    test('when an hourly row is missing', async () => {
      await command(`DELETE FROM webhook_metrics WHERE bot_id = 'b'`);
      expect(await differences()).toEqual([
        expect.objectContaining({
          bot_id: 'b',
          hour: HOUR,
          kind: 'missing_window',
          next_offset: null,
          counts: [
            { name: 'requests_received', windows: 0, raw: 1 },
            { name: 'requests_failed', windows: 0, raw: 1 },
            { name: 'timeout_errors', windows: 0, raw: 1 },
          ],
        }),
      ]);
    });

    test('when an hourly row has no raw events', async () => {
      await command(`DELETE FROM webhook_events WHERE bot_id = 'c'`);
      expect(await differences()).toEqual([
        expect.objectContaining({ bot_id: 'c', hour: HOUR, kind: 'no_raw_events' }),
      ]);
    });

    test('when a raw event is there that was not counted', async () => {
      const partition = await api.deps.log.partitionFor(EVENTS_TOPIC, 'b');
      await storeRawEvents(api.clickhouse, [event('b', 6)], { partition });
      expect(await differences()).toEqual([
        expect.objectContaining({
          bot_id: 'b',
          counts: [{ name: 'requests_received', windows: 1, raw: 2 }],
        }),
      ]);
    });

    test('when a row claims to be ahead of the log, even with the right counts', async () => {
      await command(
        `INSERT INTO webhook_metrics SELECT * REPLACE (1000000 AS next_offset, 9 AS retries) FROM webhook_metrics FINAL WHERE bot_id = 'c'`,
      );
      expect(await differences()).toEqual([
        expect.objectContaining({
          bot_id: 'c',
          kind: 'ahead_of_log',
          next_offset: 1_000_000,
          counts: [{ name: 'retries', windows: 9, raw: 0 }],
        }),
      ]);
    });
  });

  test('what is being stored just now is to come, not wrong', async () => {
    await storeThreeBots();
    const partition = await api.deps.log.partitionFor(EVENTS_TOPIC, 'a');
    const firstOffset = await logEnd('a');
    await storeRawEvents(api.clickhouse, [event('a', 7)], { partition, firstOffset });
    const { body } = await getReconciliation();
    expect(body.status).toBe('agrees');
    expect(body.partitions[partition]).toMatchObject({ raw_events: 4, raw_events_to_come: 1 });
  });

  test('of an epoch that is over everything has been seen', async () => {
    await storeThreeBots();
    await command(
      'INSERT INTO webhook_positions SELECT * REPLACE (1 AS log_epoch, 0 AS next_offset) FROM webhook_positions FINAL',
    );
    expect((await getReconciliation()).body.status).toBe('agrees');
  });

  test('a position beyond the log is a problem of its partition', async () => {
    await storeThreeBots();
    const partition = await api.deps.log.partitionFor(EVENTS_TOPIC, 'a');
    await command(
      `INSERT INTO webhook_positions (log_partition, next_offset) VALUES (${partition}, 5000)`,
    );
    const { body } = await getReconciliation();
    expect(body.status).toBe('differs');
    expect(body.partitions[partition].problem).toMatch(
      /^counted up to offset 5000, and the log ends at/,
    );
  });

  test('raw events beyond the log are a problem of their partition', async () => {
    await storeThreeBots();
    const partition = await api.deps.log.partitionFor(EVENTS_TOPIC, 'a');
    await storeRawEvents(api.clickhouse, [event('a', 7)], { partition, firstOffset: 7_000 });
    const { body } = await getReconciliation();
    expect(body.status).toBe('differs');
    expect(body.partitions[partition].problem).toMatch(
      /^there are raw events up to offset 7000, and the log ends at/,
    );
  });

  describe('the span', () => {
    beforeEach(async () => {
      await storeThreeBots();
      await command(
        `ALTER TABLE webhook_metrics UPDATE retries = 7 WHERE 1 SETTINGS mutations_sync = 1`,
      );
    });

    test('is widened to whole hours', async () => {
      const inHour = new Date(Date.parse(HOUR) + 600_000).toISOString();
      const toHour = new Date(Date.parse(HOUR) + 660_000).toISOString();
      const { body } = await getReconciliation({ from: inHour, to: toHour });
      expect(body).toMatchObject({ from: HOUR, to: AFTER_HOUR, differences_total: 3 });
    });

    test('can be one bot', async () => {
      const { body } = await getReconciliation({ bot_id: 'a' });
      expect(body).toMatchObject({ bot_id: 'a', differences_total: 2 });
      expect(body.differences.map((one: { hour: string }) => one.hour)).toEqual([HOUR, AFTER_HOUR]);
    });

    test('without from begins where raw events are kept whole', async () => {
      const { body } = await getReconciliation();
      expect(body.from).toBe(body.raw_events_since);
      const age = NOW_MS - Date.parse(body.from);
      expect(age).toBeLessThan(7 * 24 * HOUR_MS);
      expect(age).toBeGreaterThan(7 * 24 * HOUR_MS - 2 * HOUR_MS);
    });

    test.each([
      [{ from: AFTER_HOUR, to: HOUR }, 'from must be before to, and not in the future.'],
      [{ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }, 'are past the retention'],
      [{ from: 'yesterday' }, 'Invalid query parameters.'],
      [{ bot_id: 'a b' }, 'Invalid query parameters.'],
    ])('%j is 400', async (query, sentence) => {
      const { statusCode, body } = await getReconciliation(query);
      expect(statusCode).toBe(400);
      expect(body.error).toContain(sentence);
    });
  });

  test('needs a token', async () => {
    expect((await getReconciliation({}, 'wrong')).statusCode).toBe(401);
  });
});
