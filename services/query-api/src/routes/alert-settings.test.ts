/** Settings of alerts: of all bots, of one, and how they lie over each other. */

import { AlertSettingsViewSchema } from '@hookpulse/api/alert-settings-view';
import { BotDetailsSchema } from '@hookpulse/api/bot-view';
import { alertSettings } from '@hookpulse/common/alerts/alert-settings';
import { RECEIVER_FORMS } from '@hookpulse/common/alerts/receiver';
import { RULE_NAMES } from '@hookpulse/common/alerts/rules/rules';
import { until } from '@hookpulse/common/testing/until';
import { openAlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import {
  openTestQueryApi,
  TEST_ALERT_DEFAULTS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const NOW = '2026-02-10T20:00:00.000Z';
const FLEET = '/api/alert-settings';
const DEFAULTS = { receivers: ['ops@example.com'], ...TEST_ALERT_DEFAULTS.rules };
let api: TestQueryApi;
let send: JsonSender;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse(NOW));
  send = jsonSender(api.openApp());
});
afterAll(() => api.close());
beforeEach(async () => {
  api.clock.nowMs = Date.parse(NOW);
  await api.controls.putOverrides({});
  for (const { bot_id } of api.registry.list()) await api.registry.remove(bot_id);
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a' });
  api.clock.nowMs += 60_000;
});

describe('settings of all bots', () => {
  test('are those of the environment, until they are overridden', async () => {
    const { statusCode, body } = await send('GET', FLEET);
    expect(statusCode).toBe(200);
    expect(body).toEqual({ overrides: {}, effective: DEFAULTS, defaults: DEFAULTS });
    expect(Value.Errors(AlertSettingsViewSchema, body)).toEqual([]);
  });

  test('are overridden field by field, and restored by null at any depth', async () => {
    const threshold = { high_error_rate: { threshold: 0.5, min_events: 3 } };
    const receivers = { receivers: ['a@example.com', 'b@example.com'] };
    await send('PATCH', FLEET, threshold);
    const { statusCode, body } = await send('PATCH', FLEET, receivers);
    expect(statusCode).toBe(200);
    const overrides = { ...threshold, ...receivers };
    expect(body).toEqual({
      overrides,
      effective: {
        ...DEFAULTS,
        ...receivers,
        high_error_rate: { ...DEFAULTS.high_error_rate, threshold: 0.5, min_events: 3 },
      },
      defaults: DEFAULTS,
    });
    expect((await send('GET', FLEET)).body).toEqual(body);
    expect(api.controls.overrides).toEqual(overrides);

    const less = await send('PATCH', FLEET, {
      receivers: null,
      high_error_rate: { threshold: null },
    });
    expect(less.body.overrides).toEqual({ high_error_rate: { min_events: 3 } });
    const none = await send('PATCH', FLEET, { high_error_rate: null });
    expect(none.body).toEqual({ overrides: {}, effective: DEFAULTS, defaults: DEFAULTS });
  });

  test('keep both of two changes that come at once', async () => {
    await Promise.all([
      send('PATCH', FLEET, { no_traffic: { after_seconds: 60 } }),
      send('PATCH', FLEET, { slow_processing: { limit_ms: 500 } }),
    ]);
    expect(api.controls.overrides).toEqual({
      no_traffic: { after_seconds: 60 },
      slow_processing: { limit_ms: 500 },
    });
  });

  test('are seen by another service', async () => {
    const elsewhere = await openAlertControls(api.deps);
    await send('PATCH', FLEET, { signature_failures: { threshold: 2 } });
    await until('the override', () => elsewhere.overrides.signature_failures?.threshold === 2);
    await elsewhere.close();
  });

  test.each([
    [
      { high_error_rate: { threshold: 2 } },
      'high_error_rate.threshold',
      'high_error_rate.threshold must be error rate, 0 to 1, above which it fires',
    ],
    [
      { no_traffic: { threshold: 1 } },
      'no_traffic.threshold',
      'Unknown field "no_traffic.threshold". Known: enabled, repeat_after_minutes, after_seconds',
    ],
    [{ loud: {} }, 'loud', `Unknown field "loud". Known: receivers, ${RULE_NAMES.join(', ')}`],
    [
      { receivers: ['ops@example.com', 'nobody'] },
      'receivers.1',
      `receivers.1 must be ${RECEIVER_FORMS}`,
    ],
    [
      { slow_processing: { limit_ms: 0 } },
      'slow_processing.limit_ms',
      'slow_processing.limit_ms must be p95 of the processing time above which it fires, milliseconds; null: off',
    ],
  ])('are not changed by %j', async (patch, field, message) => {
    const { statusCode, body } = await send('PATCH', FLEET, patch);
    expect(statusCode).toBe(400);
    expect(body.details).toEqual([{ field, message }]);
    expect(api.controls.overrides).toEqual({});
  });

  test.each([[[]], ['text'], [null]])('are not changed by %j, which is no patch', async (patch) => {
    const answer = await api.openApp().inject({
      method: 'PATCH',
      url: FLEET,
      headers: { authorization: 'Bearer admin-token', 'content-type': 'application/json' },
      payload: JSON.stringify(patch),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 'error' });
  });
});

describe('settings of one bot', () => {
  test('lie over those of all bots, which lie over the environment', async () => {
    await send('PATCH', FLEET, {
      high_error_rate: { threshold: 0.5 },
      no_traffic: { after_seconds: 60 },
    });
    const alerts = { high_error_rate: { threshold: 0.9 }, receivers: [] };
    const { statusCode, body } = await send('PATCH', '/api/bots/a', { alerts });
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ bot_id: 'a', alerts, updated_at: '2026-02-10T20:01:00.000Z' });
    expect(body.effective_alerts).toEqual({
      ...DEFAULTS,
      receivers: [],
      high_error_rate: { ...DEFAULTS.high_error_rate, threshold: 0.9 },
      no_traffic: { ...DEFAULTS.no_traffic, after_seconds: 60 },
    });
    expect(Value.Errors(BotDetailsSchema, body)).toEqual([]);
    expect(await send('GET', '/api/bots/a/')).toMatchObject({ statusCode: 200, body });
  });

  test('change what another service judges by', async () => {
    const elsewhere = await openBotRegistry(api.deps.log, api.deps.logger);
    const thresholdThere = () =>
      alertSettings(TEST_ALERT_DEFAULTS, elsewhere.get('a')?.alerts).rules.high_error_rate
        .threshold;
    await until('the bot', () => elsewhere.get('a'));
    expect(thresholdThere()).toBe(0.1);
    await send('PATCH', '/api/bots/a', { alerts: { high_error_rate: { threshold: 0.9 } } });
    await until('the threshold', () => thresholdThere() === 0.9);
    await send('PATCH', '/api/bots/a', { alerts: { high_error_rate: { threshold: null } } });
    await until('the threshold of all', () => thresholdThere() === 0.1);
    await elsewhere.close();
  });

  test('are all removed by null, and untouched by a patch without them', async () => {
    await send('PATCH', '/api/bots/a', { alerts: { no_traffic: { enabled: false } } });
    const renamed = await send('PATCH', '/api/bots/a', { name: 'New' });
    expect(renamed.body.alerts).toEqual({ no_traffic: { enabled: false } });
    const { body } = await send('PATCH', '/api/bots/a', { alerts: null });
    expect(body).toMatchObject({ name: 'New', alerts: {}, effective_alerts: DEFAULTS });
    expect(api.registry.get('a')).not.toHaveProperty('alerts');
  });

  test('can be given with a new bot', async () => {
    const alerts = { slow_processing: { limit_ms: 800 } };
    const created = await send('POST', '/api/bots', { name: 'B', bot_id: 'b', alerts });
    expect(created.statusCode).toBe(201);
    expect((await send('GET', '/api/bots/b')).body).toMatchObject({
      alerts,
      effective_alerts: { slow_processing: { ...DEFAULTS.slow_processing, limit_ms: 800 } },
    });
    const wrong = { name: 'C', alerts: { receivers: null } };
    expect((await send('POST', '/api/bots', wrong)).statusCode).toBe(400);
  });

  test('are refused with the name of what is wrong', async () => {
    const patch = { alerts: { high_error_rate: { min_events: 1.5 } } };
    const { statusCode, body } = await send('PATCH', '/api/bots/a', patch);
    expect(statusCode).toBe(400);
    expect(body.details).toEqual([
      {
        field: 'alerts.high_error_rate.min_events',
        message:
          'alerts.high_error_rate.min_events must be an integer, 0 or more: it needs more events than this in the window',
      },
    ]);
    expect(api.registry.get('a')).not.toHaveProperty('alerts');
  });
});

test('a bot that is enabled again is known to be so since then', async () => {
  await send('PATCH', '/api/bots/a', { enabled: false });
  api.clock.nowMs += 60_000;
  await send('PATCH', '/api/bots/a', { enabled: true });
  expect(api.registry.get('a')?.enabled_at).toBe('2026-02-10T20:02:00.000Z');
});
