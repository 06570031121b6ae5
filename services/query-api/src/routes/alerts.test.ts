import { AlertViewSchema } from '@hookpulse/api/alert-view';
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import { insertRows } from '@hookpulse/store/insert-rows';
import { ALERTS } from '@hookpulse/store/tables/alerts';
import { followAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import {
  storeReceipt,
  storeTransition,
  tellReceipt,
  tellTransition,
} from '../testing/tell-alerts.ts';
import { UNREAD } from '../testing/unread-tables.ts';

const NOW = '2026-02-10T20:00:00.000Z';
const NOW_MS = Date.parse(NOW);

describeWithClickHouse('GET /api/alerts', (serverUrl) => {
  let api: TestQueryApi;
  let send: JsonSender;
  let sequences = 0;

  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
    send = jsonSender(api.openApp(), TEST_TOKENS.read);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    for (const table of ['webhook_alerts', 'webhook_alert_mails']) {
      await api.clickhouse.command({ query: `TRUNCATE TABLE ${table}` });
    }
    // What fired in a test before is over, so that only what a test tells fires.
    for (const { transition } of api.alerts.list()) {
      if (transition.transition === 'resolved') continue;
      await tell(sampleNext(transition, 'resolved', '2026-01-01T00:00:00Z'));
    }
  });

  const tell = (transition: AlertTransition) => tellTransition(api.deps, api.alerts, transition);
  const store = (transition: AlertTransition) => storeTransition(api.clickhouse, transition);

  /** Of a bot and rule the next one: the log tells those of the tests before. */
  function firing(firedAt: string, changes: Partial<AlertTransition> = {}) {
    sequences += 10;
    return sampleFiring(firedAt, { sequence: sequences, ...changes });
  }

  async function ids(query: string): Promise<string[]> {
    const { statusCode, body } = await send('GET', `/api/alerts?${query}`);
    expect(statusCode).toBe(200);
    return body.alerts.map((alert: { alert_id: string }) => alert.alert_id);
  }

  test('tells the whole story of an alert that is over, from the store', async () => {
    const first = firing('2026-02-10T10:00:00Z', { bot_id: 'stored' });
    const last = sampleNext(first, 'resolved', '2026-02-10T10:30:00Z');
    await store(last);
    const receipt = sampleReceipt(first, { detail: '250 queued' });
    await storeReceipt(api.clickhouse, receipt, { timeMs: NOW_MS, offset: 8 });
    const sending = { ...receipt, state: 'sending' as const, detail: null };
    await storeReceipt(api.clickhouse, sending, { timeMs: NOW_MS, offset: 7 });
    const chat = { ...receipt, receivers: ['telegram://1'], detail: 'Telegram took the message' };
    await storeReceipt(api.clickhouse, chat, { timeMs: NOW_MS, offset: 9 });

    const { statusCode, body } = await send('GET', '/api/alerts?bot_id=stored');
    expect(statusCode).toBe(200);
    const { reason, severity, facts } = first;
    const mail = {
      state: 'accepted',
      detail: '250 queued',
      at: '2026-02-10T10:00:00.000Z',
      receivers: ['ops@example.com'],
      attempts: 0,
      next_attempt_at: null,
    };
    expect(body).toEqual({
      alerts: [
        {
          alert_id: first.alert_id,
          bot_id: 'stored',
          bot_name: 'Bot stored',
          rule: 'high_error_rate',
          state: 'resolved',
          fired_at: '2026-02-10T10:00:00.000Z',
          resolved_at: '2026-02-10T10:30:00.000Z',
          duration_seconds: 1_800,
          reason: 'It is over.',
          severity,
          facts,
          causes: [],
          as_of: '2026-02-10T10:30:00.000Z',
          silence: null,
          mail,
          channels: [
            {
              receiver: 'telegram://1',
              state: 'accepted',
              detail: 'Telegram took the message',
              at: '2026-02-10T10:00:00.000Z',
              attempts: 0,
              next_attempt_at: null,
            },
          ],
          transitions: [
            {
              sequence: first.sequence,
              transition: 'firing',
              at: '2026-02-10T10:00:00.000Z',
              reason,
              severity,
              facts,
              mail,
              notifications: [
                mail,
                { ...mail, detail: 'Telegram took the message', receivers: ['telegram://1'] },
              ],
            },
            {
              sequence: first.sequence + 1,
              transition: 'resolved',
              at: '2026-02-10T10:30:00.000Z',
              reason: 'It is over.',
              severity,
              facts,
              mail: null,
              notifications: [],
            },
          ],
        },
      ],
      next_cursor: null,
    });
    expect(Value.Errors(AlertViewSchema, body.alerts[0])).toEqual([]);
  });

  test('shows what happens at once, also before it is stored', async () => {
    const first = firing('2026-02-10T19:50:00Z', { bot_id: 'live' });
    const state = async (query = 'bot_id=live') => {
      const { body } = await send('GET', `/api/alerts?${query}`);
      return body.alerts.map((alert: Record<string, unknown>) => alert.state);
    };
    expect(await state()).toEqual([]);
    await tell(first);
    expect(await state()).toEqual(['firing']);
    await store(first);
    const reminder = sampleNext(first, 'reminder', '2026-02-10T19:55:00Z');
    await store(reminder);
    expect(await state()).toEqual(['firing']);
    // The log no longer tells of the reminder, the store not yet of the end.
    const last = sampleNext(reminder, 'resolved', '2026-02-10T19:58:00Z', { earlier: [] });
    await tell(last);
    expect(await state('bot_id=live&state=resolved')).toEqual(['resolved']);
    expect(await state('bot_id=live&state=firing')).toEqual([]);
    const { body } = await send('GET', '/api/alerts?bot_id=live');
    const [alert] = body.alerts;
    expect(alert).toMatchObject({ resolved_at: last.at, duration_seconds: 480 });
    const names = alert.transitions.map((one: { transition: string }) => one.transition);
    expect(names).toEqual(['firing', 'reminder', 'resolved']);
  });

  test('tells what became of its mails as soon as that is known', async () => {
    const first = firing('2026-02-10T19:50:00Z', { bot_id: 'mailed' });
    const shown = async () => {
      const { body } = await send('GET', '/api/alerts?state=firing&bot_id=mailed');
      const [alert] = body.alerts;
      return [alert.mail, ...alert.transitions.map((one: { mail: unknown }) => one.mail)];
    };
    await tell(first);
    expect(await shown()).toEqual([
      {
        state: 'pending',
        detail: null,
        at: null,
        receivers: [],
        attempts: 0,
        next_attempt_at: null,
      },
      null,
    ]);
    const sending = sampleReceipt(first, { state: 'sending' });
    const { at, receivers } = sending;
    const { deps, alerts } = api;
    await tellReceipt(deps, alerts, sending);
    const untried = { attempts: 0, next_attempt_at: null };
    const trying = { state: 'sending', detail: null, at, receivers, ...untried };
    expect(await shown()).toEqual([trying, trying]);
    const stuck = { detail: 'no answer', attempts: 3, next_attempt_at: '2026-02-10T19:58:00.000Z' };
    await tellReceipt(deps, alerts, { ...sending, ...stuck });
    expect(await shown()).toEqual([
      { ...trying, ...stuck },
      { ...trying, ...stuck },
    ]);
    await tellReceipt(deps, alerts, { ...sending, state: 'refused', detail: '550 no' });
    const refused = { state: 'refused', detail: '550 no', at, receivers, ...untried };
    expect(await shown()).toEqual([refused, refused]);
    const reminder = sampleNext(first, 'reminder', '2026-02-10T19:55:00Z');
    await tell(reminder);
    expect(await shown()).toEqual([refused, refused, null]);
    const silenced = sampleReceipt(reminder, { state: 'silenced', receivers: [] });
    await tellReceipt(deps, alerts, silenced);
    // The log keeps the newest receipt alone, which settles all before it.
    const held = {
      state: 'silenced',
      detail: null,
      at: reminder.at,
      receivers: [],
      ...untried,
    };
    expect(await shown()).toEqual([held, held, held]);
  });

  test('names the silence that holds its mails back', async () => {
    await tell(firing('2026-02-10T19:50:00Z', { bot_id: 'quiet' }));
    const silence = {
      silence_id: 'one',
      bot_id: 'quiet',
      rule: null,
      reason: 'a deployment',
      created_by: 'Ada',
      created_at: NOW,
      ends_at: '2026-02-10T20:10:00.000Z',
    };
    await api.controls.putSilence(silence);
    const shown = async () =>
      (await send('GET', '/api/alerts?bot_id=quiet')).body.alerts[0].silence;
    const { silence_id, reason, created_by, ends_at } = silence;
    expect(await shown()).toEqual({ silence_id, reason, created_by, ends_at });
    api.clock.nowMs = Date.parse(ends_at);
    expect(await shown()).toBeNull();
    api.clock.nowMs = NOW_MS;
  });

  describe('many alerts', () => {
    let stored: AlertTransition[];
    let live: AlertTransition;

    beforeEach(async () => {
      stored = Array.from({ length: 6 }, (_, n) =>
        sampleNext(
          firing(`2026-02-0${n + 1}T10:00:00Z`, {
            bot_id: n % 2 === 0 ? 'even' : 'odd',
            rule: n === 5 ? 'no_traffic' : 'high_error_rate',
          }),
          'resolved',
          `2026-02-0${n + 1}T11:00:00Z`,
        ),
      );
      for (const one of stored) await store(one);
      live = firing('2026-02-03T12:00:00Z', { bot_id: 'even' });
      await tell(live);
    });

    const of = (...numbers: number[]) => numbers.map((n) => stored[n]?.alert_id);
    const AFTER_TESTS_BEFORE = 'from=2026-02-01T00:00:00Z&to=2026-02-07T00:00:00Z';

    test('come newest first, page by page, each once', async () => {
      const all = [...of(5, 4, 3), live.alert_id, ...of(2, 1, 0)];
      expect(await ids(AFTER_TESTS_BEFORE)).toEqual(all);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const { body } = await send('GET', `/api/alerts?${AFTER_TESTS_BEFORE}&limit=2${next}`);
        expect(body.alerts.length).toBeLessThanOrEqual(2);
        seen.push(...body.alerts.map((alert: { alert_id: string }) => alert.alert_id));
        cursor = body.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(all);
    });

    test('are filtered by bot, rule, state and when they fired', async () => {
      const within = AFTER_TESTS_BEFORE;
      expect(await ids(`${within}&bot_id=even`)).toEqual([...of(4), live.alert_id, ...of(2, 0)]);
      expect(await ids(`${within}&rule=no_traffic`)).toEqual(of(5));
      expect(await ids(`${within}&bot_id=even&state=resolved`)).toEqual(of(4, 2, 0));
      expect(await ids(`${within}&state=firing`)).toEqual([live.alert_id]);
      expect(await ids('from=2026-02-03T10:00:00Z&to=2026-02-04T10:00:00Z')).toEqual([
        live.alert_id,
        ...of(2),
      ]);
      expect(await ids('bot_id=nobody')).toEqual([]);
    });

    test('that fire are paged, too', async () => {
      const other = firing('2026-02-05T12:00:00Z', { bot_id: 'odd' });
      await tell(other);
      const first = await send('GET', '/api/alerts?state=firing&limit=1');
      expect(first.body.alerts).toMatchObject([{ alert_id: other.alert_id }]);
      const second = await ids(`state=firing&limit=1&cursor=${first.body.next_cursor}`);
      expect(second).toEqual([live.alert_id]);
    });
  });

  test('an alert of which the end was never stored is over when a later one fires', async () => {
    const lost = firing('2026-02-08T10:00:00Z', { bot_id: 'lost' });
    await store(lost);
    await tell(firing('2026-02-09T10:00:00Z', { bot_id: 'lost' }));
    const { body } = await send('GET', '/api/alerts?bot_id=lost');
    expect(body.alerts).toMatchObject([
      { state: 'firing', duration_seconds: 34 * 3_600 },
      { alert_id: lost.alert_id, state: 'resolved', resolved_at: null, duration_seconds: 0 },
    ]);
  });

  test('what it came down to is told while it fires and afterwards, from the history as well', async () => {
    const causes = [
      {
        fingerprint: '852495384adbc1ea',
        error_type: 'ValueError',
        error_message: "cannot read amount: 'x'",
        count: 97,
        failures: 100,
        since: '2026-02-08T09:50:00.000Z',
        update_types: ['callback_query'],
      },
    ];
    const first = firing('2026-02-08T10:00:00Z', { bot_id: 'caused', causes });
    await store(first);
    await store(sampleNext(first, 'resolved', '2026-02-08T11:00:00Z'));
    const { body } = await send('GET', '/api/alerts?bot_id=caused');
    expect(body.alerts).toMatchObject([{ state: 'resolved', causes }]);
  });

  test('rows that were stored again count once', async () => {
    const first = firing('2026-02-08T10:00:00Z', { bot_id: 'twice' });
    for (const one of [first, first, sampleNext(first, 'resolved', '2026-02-08T11:00:00Z')]) {
      await store(one);
    }
    const { body } = await send('GET', '/api/alerts?bot_id=twice');
    expect(body.alerts).toHaveLength(1);
    expect(body.alerts[0].transitions).toHaveLength(2);
  });

  test('the largest page is one that the store can be asked for', async () => {
    const names = Array.from({ length: 1_001 }, (_, n) => `${n}`.padStart(64, '-'));
    const rows = names.map((bot_id, n) =>
      firing(`2026-02-08T10:00:00.${`${n % 1_000}`.padStart(3, '0')}Z`, { bot_id }),
    );
    await insertRows(
      api.clickhouse,
      ALERTS,
      rows.map((row) => ({ ...row, causes: '' })),
    );
    const path = '/api/alerts?limit=1000&from=2026-02-08T10:00:00Z&to=2026-02-08T10:00:01Z';
    const first = await send('GET', path);
    expect(first.body.alerts).toHaveLength(1_000);
    const second = await send('GET', `${path}&cursor=${first.body.next_cursor}`);
    expect(second.body.alerts).toHaveLength(1);
    expect(second.body.next_cursor).toBeNull();
  });

  test.each([
    ['limit=0', 'limit', /^limit must be a whole number from 1 to 1000/],
    ['limit=1001', 'limit', /^limit must be/],
    ['rule=loud', 'rule', /^rule must be one of high_error_rate, /],
    ['state=silent', 'state', /^state must be one of firing, resolved$/],
    ['bot_id=a%20b', 'bot_id', /^bot_id must be 1 to 64 of/],
    ['from=yesterday', 'from', /^from must be ISO 8601/],
    ['cursor=x', 'cursor', /^cursor must be the next_cursor/],
  ])('?%s is 400 and says what is wrong', async (query, field, message) => {
    const { statusCode, body } = await send('GET', `/api/alerts?${query}`);
    expect(statusCode).toBe(400);
    expect(body).toEqual({
      status: 'error',
      error: expect.any(String),
      details: [{ field, message: expect.stringMatching(message) }],
    });
  });

  test('a span that ends before it begins is 400', async () => {
    const query = 'from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z';
    expect(await send('GET', `/api/alerts?${query}`)).toMatchObject({
      statusCode: 400,
      body: { status: 'error', details: [{ field: 'from', message: 'from must be before to' }] },
    });
  });

  test('until the log could be read, what fires is 503, and the rest is answered', async () => {
    await store(firing('2026-02-08T10:00:00Z', { bot_id: 'early' }));
    await api.registry.put(testBot('early'));
    const sendEarly = jsonSender(api.openApp({}, { alerts: followAlertStates(UNREAD) }));
    expect(await sendEarly('GET', '/api/alerts?state=firing')).toMatchObject({
      statusCode: 503,
      body: { status: 'error', details: [] },
    });
    const { body } = await sendEarly('GET', '/api/alerts?bot_id=early');
    expect(body.alerts).toMatchObject([{ bot_id: 'early', state: 'firing' }]);
    expect(await sendEarly('GET', '/api/health/webhook/early')).toMatchObject({
      statusCode: 200,
      body: { alerts: [] },
    });
  });

  test('a bot’s health names what fires, and nobody who is told of it', async () => {
    await api.registry.put(testBot('sick'));
    const first = firing('2026-02-10T19:50:00Z', { bot_id: 'sick' });
    await tell(first);
    await tellReceipt(api.deps, api.alerts, sampleReceipt(first));
    await tell(firing('2026-02-10T19:55:00Z', { bot_id: 'sick-not' }));
    const { body } = await send('GET', '/api/health/webhook/sick');
    const { alert_id, rule, fired_at, reason, severity, facts } = first;
    const silenced = false;
    expect(body.alerts).toEqual([
      {
        alert_id,
        rule,
        fired_at,
        duration_seconds: 600,
        reason,
        severity,
        facts,
        as_of: first.at,
        silenced,
      },
    ]);
    await tell(sampleNext(first, 'resolved', NOW));
    expect((await send('GET', '/api/health/webhook/sick')).body.alerts).toEqual([]);
  });

  test('without the store, what fires is answered, and the history is 503', async () => {
    const live = firing('2026-02-10T19:59:00Z', { bot_id: 'alone' });
    await tell(live);
    const gone = Object.create(api.clickhouse, {
      query: { value: () => Promise.reject(new Error('connection refused')) },
    });
    const sendAlone = jsonSender(api.openApp({}, { clickhouse: gone }));
    const { statusCode, body } = await sendAlone('GET', '/api/alerts?state=firing&bot_id=alone');
    expect(statusCode).toBe(200);
    expect(body.alerts).toMatchObject([{ alert_id: live.alert_id }]);
    expect(await sendAlone('GET', '/api/alerts')).toMatchObject({
      statusCode: 503,
      body: { status: 'error' },
    });
  });
});
