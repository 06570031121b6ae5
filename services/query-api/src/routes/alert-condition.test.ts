import { AlertConditionSchema } from '@hookpulse/api/alert-condition';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleFiring, sampleNext } from '@hookpulse/common/testing/sample-alerts';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
import { storeTransition, tellTransition } from '../testing/tell-alerts.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const FIRED_AT = '2026-02-10T19:30:00.000Z';

describeWithClickHouse('GET /api/alerts/condition', (serverUrl) => {
  let api: TestQueryApi;
  let send: JsonSender;

  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
    send = jsonSender(api.openApp(), TEST_TOKENS.read);
  });
  afterAll(() => api?.close());

  const path = (bot_id: string, rule = 'high_error_rate', fired_at = FIRED_AT) =>
    `/api/alerts/condition?${new URLSearchParams({ bot_id, rule, fired_at })}`;
  /** Every ten seconds of a stretch of minutes before now, of which one in so many failed. */
  const traffic = (bot_id: string, fromAgo: number, toAgo: number, failsOneIn: number) =>
    Array.from({ length: (fromAgo - toAgo) * 6 }, (_, n) =>
      testEvent(iso(NOW_MS - fromAgo * MINUTE_MS + n * 10_000), {
        bot_id,
        ...(n % failsOneIn === 0
          ? { event_type: 'error', status: 'failed', error_type: 'Timeout' }
          : { event_type: 'processed', processing_time_ms: n % 2 === 0 ? 900 : 10 }),
      }),
    );

  test('goes from before it fired until now, beside the line of then', async () => {
    await storeEvents(api.clickhouse, [...traffic('a', 70, 40, 1_000), ...traffic('a', 40, 0, 2)]);
    const facts = { events: 90, errors: 20, error_rate: 0.22, threshold: 0.2, min_events: 10 };
    await tellTransition(api.deps, api.alerts, sampleFiring(FIRED_AT, { bot_id: 'a', facts }));
    const { statusCode, body } = await send('GET', path('a'));
    expect({ statusCode, body }).toMatchObject({
      statusCode: 200,
      body: {
        bot_id: 'a',
        rule: 'high_error_rate',
        title: 'Error rate',
        unit: 'ratio',
        from: '2026-02-10T19:00:00.000Z',
        to: '2026-02-10T20:00:00.000Z',
        window_seconds: 900,
        step_seconds: 60,
        judged: [{ transition: 'firing', value: 0.22, line: 0.2 }],
      },
    });
    expect([...Value.Errors(AlertConditionSchema, body)]).toEqual([]);
    expect(body.points).toHaveLength(61);
    const pointAt = (at: string) =>
      body.points.find((point: { at: string }) => point.at === `2026-02-10T${at}:00.000Z`);
    expect(pointAt('19:15')).toMatchObject({ line: 0.2, holds: false });
    // Of the 90 events of its window, half of the last 60 failed.
    expect(pointAt('19:30')).toMatchObject({ value: expect.closeTo(1 / 3), holds: true });
    expect(pointAt('20:00')).toMatchObject({ value: 0.5, line: 0.2, holds: true });
  });

  test('of slow processing counts what took longer than the limit of then', async () => {
    await storeEvents(api.clickhouse, traffic('slow', 40, 0, 1_000));
    const fired = sampleFiring(FIRED_AT, {
      ...{ bot_id: 'slow', rule: 'slow_processing' },
      facts: { measured: 60, slow: 30, slow_share: 0.5, limit_ms: 500, min_events: 20 },
    });
    await tellTransition(api.deps, api.alerts, fired);
    const { body } = await send('GET', path('slow', 'slow_processing'));
    expect(body.points.at(-1)).toMatchObject({ value: 0.5, line: 0.05, holds: true });
  });

  test('of an alert of long ago tells what it was judged by', async () => {
    const firedAt = '2026-02-01T10:00:00.000Z';
    const first = sampleFiring(firedAt, {
      bot_id: 'old',
      facts: { error_rate: 0.4, threshold: 0.1 },
    });
    await storeTransition(api.clickhouse, sampleNext(first, 'resolved', '2026-02-01T10:30:00Z'));
    const { statusCode, body } = await send('GET', path('old', 'high_error_rate', firedAt));
    expect({ statusCode, body }).toMatchObject({
      statusCode: 200,
      body: { points: [], judged: [{ value: 0.4, line: 0.1 }, { transition: 'resolved' }] },
    });
  });

  test('refuses what is no alert, and what a token may not see', async () => {
    expect((await send('GET', path('nobody'))).statusCode).toBe(404);
    expect((await send('GET', path('a', 'high_error_rate', 'yesterday'))).body).toMatchObject({
      details: [
        { field: 'fired_at', message: expect.stringMatching(/^fired_at must be ISO 8601/) },
      ],
    });
    expect((await send('GET', '/api/alerts/condition?bot_id=a')).statusCode).toBe(400);
    await api.registry.put(testBot('b'));
    const { token } = await createTestToken(api, { bots: ['b'] });
    const restricted = jsonSender(api.openApp(), token);
    expect((await restricted('GET', path('a'))).statusCode).toBe(403);
  });
});
