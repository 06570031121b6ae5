import { SilenceViewSchema } from '@hookpulse/api/new-silence';
import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import {
  type AlertControls,
  openAlertControls,
} from '@hookpulse/topic-tables/alerts/alert-controls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const NOW = '2026-02-10T20:00:00.000Z';
const NOW_MS = Date.parse(NOW);
let api: TestQueryApi;
let send: JsonSender;

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  await api.registry.put(testBot('a'));
  send = jsonSender(api.openApp());
});
afterAll(() => api.close());
beforeEach(async () => {
  api.clock.nowMs = NOW_MS;
  for (const { silence_id } of api.controls.silences())
    await api.controls.forgetSilence(silence_id);
});

const post = (body: object) => send('POST', '/api/silences', body);
async function listed(query = ''): Promise<string[]> {
  const { body } = await jsonSender(api.openApp(), TEST_TOKENS.read)(
    'GET',
    `/api/silences${query}`,
  );
  return body.silences.map((silence: { silence_id: string }) => silence.silence_id);
}

describe('POST /api/silences', () => {
  test('holds back what it names, until it ends', async () => {
    const asked = {
      bot_id: 'a',
      rule: 'high_error_rate',
      reason: ' a deployment ',
      created_by: 'Ada',
    };
    const { statusCode, location, body } = await post({ ...asked, duration_minutes: 90 });
    expect(statusCode).toBe(201);
    expect(location).toBe(`/api/silences/${body.silence_id}`);
    expect(body).toEqual({
      ...asked,
      silence_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      reason: 'a deployment',
      created_at: NOW,
      ends_at: '2026-02-10T21:30:00.000Z',
      active: true,
    });
    expect(Value.Errors(SilenceViewSchema, body)).toEqual([]);
    const { active: _, ...silence } = body;
    expect(api.controls.silences()).toEqual([silence]);
    expect(await send('GET', location ?? '')).toMatchObject({ statusCode: 200, body });
  });

  test('is for all bots and rules where it names none, and takes an end in any zone', async () => {
    const { statusCode, body } = await post({
      bot_id: null,
      reason: 'the provider is down',
      ends_at: '2026-02-11T00:00:00+02:00',
    });
    expect(statusCode).toBe(201);
    expect(body).toMatchObject({
      bot_id: null,
      rule: null,
      created_by: 'admin',
      ends_at: '2026-02-10T22:00:00.000Z',
    });
  });

  test('is known to every service', async () => {
    const elsewhere: AlertControls = await openAlertControls(api.deps);
    const { body } = await post({ reason: 'why', duration_minutes: 1 });
    const known = await until('the silence', () => elsewhere.silences()[0]);
    expect(known.silence_id).toBe(body.silence_id);
    await elsewhere.close();
  });

  const END = { duration_minutes: 5 };
  test.each([
    [{ ...END }, 'reason', /^reason is required: a reason of 1 to 500 characters/],
    [{ ...END, reason: '  ' }, 'reason', /^reason must be a reason of 1 to 500/],
    [{ ...END, reason: 'a\nb' }, 'reason', /^reason must be/],
    [{ ...END, reason: 'x'.repeat(501) }, 'reason', /^reason must be/],
    [
      { ...END, reason: 'why', created_by: '' },
      'created_by',
      /^created_by must be a name of 1 to 100/,
    ],
    [{ ...END, reason: 'why', rule: 'loud' }, 'rule', /^rule must be one of high_error_rate,/],
    [{ ...END, reason: 'why', bot_id: 'a b' }, 'bot_id', /^bot_id must be a bot_id, or null/],
    [{ ...END, reason: 'why', colour: 'blue' }, 'colour', /^Unknown field "colour"/],
    [{ reason: 'why' }, 'ends_at', /^exactly one of ends_at and duration_minutes is required$/],
    [
      { ...END, reason: 'why', ends_at: '2026-02-10T21:00:00Z' },
      'ends_at',
      /^exactly one of ends_at/,
    ],
    [{ reason: 'why', ends_at: NOW }, 'ends_at', /^ends_at must be in the future$/],
    [{ reason: 'why', ends_at: '2026-03-12T20:00:00.001Z' }, 'ends_at', /at most 30 days ahead$/],
    [{ reason: 'why', ends_at: 'tomorrow' }, 'ends_at', /^ends_at must be ISO 8601/],
    [
      { reason: 'why', duration_minutes: 0 },
      'duration_minutes',
      /^duration_minutes must be a number/,
    ],
    [
      { reason: 'why', duration_minutes: 43_201 },
      'duration_minutes',
      /at most 43200; instead of ends_at$/,
    ],
  ])('of %j is 400 and says what is wrong', async (body, field, message) => {
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.body.details).toEqual([{ field, message: expect.stringMatching(message) }]);
    expect(api.controls.silences()).toEqual([]);
  });

  test('of a bot that is not there is 404', async () => {
    expect(await post({ ...END, reason: 'why', bot_id: 'nobody' })).toMatchObject({
      statusCode: 404,
      body: { status: 'error', error: 'There is no bot with this bot_id.', details: [] },
    });
  });

  test('takes the longest and the shortest silences that there are', async () => {
    expect((await post({ reason: 'why', duration_minutes: 43_200 })).statusCode).toBe(201);
    expect((await post({ reason: 'why', duration_minutes: 1e-9 })).body.active).toBe(true);
  });

  test('is 503 while the log is away, and says nothing internal', async () => {
    const away = () => Promise.reject(new LogUnavailableError('broker 10.0.0.1'));
    const controls: AlertControls = { ...api.controls, silences: () => [], putSilence: away };
    const sendAway = jsonSender(api.openApp({}, { controls }));
    const answer = await sendAway('POST', '/api/silences', { reason: 'why', ...END });
    expect(answer.statusCode).toBe(503);
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.1');
  });
});

describe('silences that end', () => {
  const create = async (minutes: number) => {
    const { body } = await post({ reason: `${minutes} minutes`, duration_minutes: minutes });
    api.clock.nowMs += 1;
    return body.silence_id;
  };

  test('are listed as long as they are active, and among all of them later', async () => {
    const short = await create(10);
    const long = await create(60);
    expect(await listed()).toEqual([long, short]);
    api.clock.nowMs += 10 * 60_000;
    expect(await listed()).toEqual([long]);
    expect(await listed('?all=true')).toEqual([long, short]);
    expect((await send('GET', `/api/silences/${short}`)).body).toMatchObject({ active: false });
  });

  test('are ended at once by DELETE, and stay to be seen', async () => {
    const id = await create(60);
    api.clock.nowMs += 60_000;
    const endedAt = new Date(api.clock.nowMs).toISOString();
    expect(await send('DELETE', `/api/silences/${id}`)).toMatchObject({
      statusCode: 204,
      body: null,
    });
    expect(await listed()).toEqual([]);
    const shown = () => send('GET', `/api/silences/${id}`);
    expect(await shown()).toMatchObject({ body: { ends_at: endedAt, active: false } });
    api.clock.nowMs += 60_000;
    expect((await send('DELETE', `/api/silences/${id}`)).statusCode).toBe(204);
    expect(await shown()).toMatchObject({ body: { ends_at: endedAt } });
  });

  test('are forgotten seven days later, when somebody asks for another', async () => {
    const old = await create(60);
    api.clock.nowMs += 7 * DAY_MS;
    const other = await create(10);
    expect(await listed('?all=true')).toEqual([other, old]);
    api.clock.nowMs += HOUR_MS;
    const last = await create(10);
    await until('it to be forgotten', async () => (await listed('?all=true')).length === 2);
    expect(await listed('?all=true')).toEqual([last, other]);
    expect((await send('GET', `/api/silences/${old}`)).statusCode).toBe(404);
  });
});

test.each(['GET', 'DELETE'] as const)('%s of an unknown silence is 404', async (method) => {
  expect(await send(method, '/api/silences/nothing')).toMatchObject({
    statusCode: 404,
    body: { status: 'error', error: 'There is no silence with this silence_id.' },
  });
});

test('a list of something else is 400', async () => {
  expect((await send('GET', '/api/silences?all=maybe')).body.details).toEqual([
    { field: 'all', message: expect.stringMatching(/^all must be true, false, 1 or 0/) },
  ]);
});
