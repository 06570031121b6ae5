import { webhookEventValidator } from '@hookpulse/common/events/webhook-event';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_BODY_BYTES } from '../bodies/body-reader.ts';
import { makeBot, REPORT_TOKEN, registryOf } from '../testing/bots.ts';
import { ADMIN_TOKEN, type IngestFixture, NOW_MS, openIngest } from '../testing/ingest-fixture.ts';

const PROCESSED = {
  event_id: '0194F2A0-0000-7000-8000-0000000000aa',
  bot_id: 'alpha',
  event_type: 'processed',
  timestamp: '2026-02-10T22:59:58.1239+03:00',
  update_id: 5,
  processing_time_ms: 41.5,
};

let ingest: IngestFixture;

beforeAll(async () => {
  ingest = await openIngest();
});

afterEach(async () => {
  await ingest.forget();
});

afterAll(async () => {
  await ingest.close();
});

interface Report {
  readonly encoding?: string;
  readonly token?: string | null;
  readonly type?: string;
  readonly query?: string;
  readonly body: unknown;
}

function report(given: Report) {
  const { token = REPORT_TOKEN, type = 'application/json', query = '', encoding, body } = given;
  return ingest.app.inject({
    method: 'POST',
    url: `/api/events${query}`,
    headers: {
      'content-type': type,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

async function stored(): Promise<unknown[]> {
  return (await ingest.read(EVENTS_TOPIC)).map(({ text }) => JSON.parse(text));
}

describe('a report', () => {
  test('of one event is answered 202 when it is on the log, normalised', async () => {
    const answer = await report({ body: PROCESSED });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ accepted: 1, rejected: [] });
    const [message] = await ingest.read(EVENTS_TOPIC);
    expect(message).toMatchObject({ key: 'alpha', headers: { schema: 'webhook.events.v1' } });
    expect(await stored()).toEqual([
      {
        event_id: '0194f2a0-0000-7000-8000-0000000000aa',
        bot_id: 'alpha',
        event_type: 'processed',
        status: 'success',
        timestamp: '2026-02-10T19:59:58.123Z',
        update_id: 5,
        update_type: null,
        processing_time_ms: 41.5,
        response_time_ms: null,
        error_type: null,
        error_message: null,
        ip_address: null,
        telegram_signature_valid: null,
      },
    ]);
    expect(await ingest.read(UPDATES_TOPIC)).toEqual([]);
  });

  test('may be an array, of a thousand at most', async () => {
    const event = { bot_id: 'alpha', event_type: 'retry' };
    const answer = await report({ body: Array.from({ length: 1_000 }, () => event) });
    expect(answer.json()).toEqual({ accepted: 1_000, rejected: [] });
    const events = await stored();
    expect(events).toHaveLength(1_000);
    expect(events.every((stored) => webhookEventValidator.Check(stored))).toBe(true);
    const tooMany = await report({ body: Array.from({ length: 1_001 }, () => event) });
    expect(tooMany.statusCode).toBe(400);
    expect(await stored()).toHaveLength(1_000);
  });

  test('may be lines of JSON', async () => {
    const lines = `\n${JSON.stringify(PROCESSED)}\r\n\r\n{"bot_id":"alpha","event_type":"error"}\n`;
    const answer = await report({ type: 'application/x-ndjson', body: lines });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ accepted: 2, rejected: [] });
    expect(await stored()).toMatchObject([{ event_type: 'processed' }, { status: 'failed' }]);
  });

  test('may be of deliveries that came without our webhook', async () => {
    const body = { bot_id: 'alpha', event_type: 'received', update_id: 9, update_type: 'message' };
    expect((await report({ body })).statusCode).toBe(202);
    expect(await stored()).toMatchObject([
      { event_type: 'received', status: 'success', update_id: 9, telegram_signature_valid: null },
    ]);
  });

  test('by the administrator may be of several bots', async () => {
    const body = [
      { bot_id: 'alpha', event_type: 'retry' },
      { bot_id: 'beta', event_type: 'retry' },
      { bot_id: 'gamma', event_type: 'retry' },
    ];
    const answer = await report({ token: ADMIN_TOKEN, body });
    expect(answer.json()).toEqual({ accepted: 3, rejected: [] });
    const keys = (await ingest.read(EVENTS_TOPIC)).map(({ key }) => key);
    expect(keys.sort()).toEqual(['alpha', 'beta', 'gamma']);
  });
});

const BAD_ITEMS = [
  { bot_id: 'alpha', event_type: 'started' },
  'text',
  { ...PROCESSED, status: 'failed' },
  { ...PROCESSED, processing_time_ms: -1, happened: true },
];
const PROBLEMS = [
  'event_type must be one of received, processed, error, response_sent, retry',
  'it must be a JSON object',
  'status must not be failed for a processed event: report an error event instead',
  expect.stringMatching(/happened.*; processing_time_ms must be a finite number of milliseconds/),
];

describe('a report with bad items', () => {
  test('is 202: the good ones are stored, the bad ones named by index', async () => {
    const answer = await report({
      body: [PROCESSED, ...BAD_ITEMS, { ...PROCESSED, event_id: undefined }],
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({
      accepted: 2,
      rejected: PROBLEMS.map((error, place) => ({ index: place + 1, error })),
    });
    expect(await stored()).toHaveLength(2);
  });

  test.each([
    ['none is good', '', BAD_ITEMS, 0],
    ['it is strict', '?strict=true', [PROCESSED, ...BAD_ITEMS], 1],
  ])(
    'is 400 with one message for each when %s, and nothing is stored',
    async (_name, query, body, first) => {
      const answer = await report({ query, body });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toEqual({
        status: 'error',
        error: `4 of ${body.length} events were rejected. None was stored.`,
        details: PROBLEMS.map((message, place) => ({ index: place + first, message })),
      });
      expect(await stored()).toEqual([]);
    },
  );

  test.each(['?strict=false', '?strict=true'])('is whole when all are good: %s', async (query) => {
    expect((await report({ query, body: [PROCESSED] })).json()).toEqual({
      accepted: 1,
      rejected: [],
    });
  });

  test.each(['?strikt=true', '?strict=maybe', '?strict=', '?bot_id=alpha', '?strict=true&x=1'])(
    'is 400 with a query that it does not know: %s',
    async (query) => {
      expect((await report({ query, body: [PROCESSED] })).statusCode).toBe(400);
      expect(await stored()).toEqual([]);
    },
  );

  test('names lines that are not JSON', async () => {
    const body = `${JSON.stringify(PROCESSED)}\n{"bot_id"\n"\\ud800"\n`;
    const answer = await report({ type: 'application/x-ndjson', body });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({
      accepted: 1,
      rejected: [
        { index: 1, error: 'it is not valid JSON' },
        { index: 2, error: 'it must be a JSON object' },
      ],
    });
  });

  test('names bots that are not registered', async () => {
    const body = [PROCESSED, { bot_id: 'nobody', event_type: 'retry' }];
    const answer = await report({ token: ADMIN_TOKEN, body });
    expect(answer.json()).toEqual({
      accepted: 1,
      rejected: [{ index: 1, error: 'bot_id is not registered' }],
    });
  });

  test('has its texts repaired instead: half an emoji, a NUL, bytes that are not UTF-8', async () => {
    const error = '{"bot_id":"alpha","event_type":"error","error_message":';
    const bytes = Buffer.concat([
      Buffer.from(
        `[${error}"cannot send \\ud83d"},${error}"a\\u0000b","error_type":"\\udc00"},${error}"cut `,
      ),
      Buffer.from([0xe2, 0x82]),
      Buffer.from('"}]'),
    ]);
    expect((await report({ body: bytes })).json()).toEqual({ accepted: 3, rejected: [] });
    const events = await stored();
    expect(events).toMatchObject([
      { error_message: 'cannot send \uFFFD' },
      { error_message: 'a\uFFFDb', error_type: '\uFFFD' },
      { error_message: 'cut \uFFFD' },
    ]);
    expect(events.every((event) => webhookEventValidator.Check(event))).toBe(true);
    const { body } = await ingest.app.inject('/metrics');
    expect(body).toMatch(/^hookpulse_repaired_bodies_total\{of="report"\} 1$/m);
  });

  test('has a line repaired that ends within an emoji, and keeps those before it', async () => {
    const cut = '{"bot_id":"alpha","event_type":"error","error_message":"cannot send \\ud83d"}';
    const body = `${JSON.stringify(PROCESSED)}\n${cut}\n`;
    const answer = await report({ type: 'application/x-ndjson', body });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ accepted: 2, rejected: [] });
    expect(await stored()).toMatchObject([
      { event_type: 'processed' },
      { error_message: 'cannot send \uFFFD' },
    ]);
  });

  test.each(['identity', 'UTF-8', ''])(
    'may name an encoding that encodes nothing: "%s"',
    async (encoding) => {
      const answer = await report({ encoding, body: PROCESSED });
      expect(answer.statusCode).toBe(202);
      expect(await stored()).toHaveLength(1);
    },
  );

  test('stands items that nest beyond all measure, and names them', async () => {
    const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
    const answer = await report({
      body: `[${JSON.stringify(PROCESSED)},${deep},{"bot_id":"alpha","event_type":"error","error_message":{"__proto__":1}}]`,
    });
    expect(answer.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1 }, { index: 2 }] });
  });

  test.each([
    ['nothing', 'application/json', ''],
    ['no JSON', 'application/json', '{"bot_id":'],
    ['an empty array', 'application/json', '[]'],
    ['empty lines', 'application/x-ndjson', '\n\n'],
    ['no line at all', 'application/x-ndjson', ''],
    ['a poisoned object', 'application/json', '{"__proto__":{"bot_id":"alpha"}}'],
  ])('is 400 for %s', async (_name, type, body) => {
    const answer = await report({ type, body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 'error', error: expect.any(String) });
    expect(await stored()).toEqual([]);
  });
});

describe('who may report', () => {
  test.each([
    ['no token', undefined],
    ['an unknown token', 'Bearer nobodys-token'],
    ['the token without its scheme', REPORT_TOKEN],
    ['another scheme', `Basic ${REPORT_TOKEN}`],
    ['the stored hash', `Bearer ${sha256Hex(REPORT_TOKEN)}`],
  ])('is not one with %s: 401, before the body is read', async (_name, authorization) => {
    const answer = await ingest.app.inject({
      method: 'POST',
      url: '/api/events',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      payload: '{"not":',
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json()).toMatchObject({ status: 'error', details: [] });
  });

  test('is not a bot that is disabled: 403, before the body is read', async () => {
    const disabled = await openIngest({ registry: registryOf([makeBot({ enabled: false })]) });
    try {
      const answer = await disabled.app.inject({
        method: 'POST',
        url: '/api/events',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${REPORT_TOKEN}` },
        payload: '{"not":',
      });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ error: 'This bot is disabled.' });
    } finally {
      await disabled.close();
    }
  });

  test('is not a bot for another: 403, and nothing of the report is stored', async () => {
    const answer = await report({
      body: [PROCESSED, { bot_id: 'beta', event_type: 'retry' }, { bot_id: 'nobody' }],
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toEqual({
      status: 'error',
      error: 'A report token may only report events of its own bot.',
      details: [
        { index: 1, message: 'bot_id is not the bot of this token' },
        { index: 2, message: 'bot_id is not the bot of this token' },
      ],
    });
    expect(await stored()).toEqual([]);
  });

  test('changes at once with the registry', async () => {
    expect((await report({ body: PROCESSED })).statusCode).toBe(202);
    const [before] = ingest.bots;
    ingest.bots[0] = makeBot({ report_token_sha256: sha256Hex('a-new-token') });
    try {
      expect((await report({ body: PROCESSED })).statusCode).toBe(401);
      expect((await report({ token: 'a-new-token', body: PROCESSED })).statusCode).toBe(202);
    } finally {
      if (before) ingest.bots[0] = before;
    }
    expect((await report({ token: 'a-new-token', body: PROCESSED })).statusCode).toBe(401);
  });

  test('does not include the administrator when there is no admin token', async () => {
    const other = await openIngest({ adminToken: null });
    try {
      const answer = await other.app.inject({
        method: 'POST',
        url: '/api/events',
        headers: { authorization: 'Bearer null', 'content-type': 'application/json' },
        payload: PROCESSED,
      });
      expect(answer.statusCode).toBe(401);
    } finally {
      await other.close();
    }
  });
});

describe('a report that is refused as a whole', () => {
  test('is 413 over 1 MiB', async () => {
    const body = JSON.stringify(PROCESSED).padEnd(MAX_BODY_BYTES + 1, ' ');
    expect((await report({ body })).statusCode).toBe(413);
    expect((await report({ body: body.slice(1).padStart(MAX_BODY_BYTES) })).statusCode).toBe(400);
    expect((await report({ body: body.slice(0, -1) })).statusCode).toBe(202);
  });

  test.each(['text/plain', 'multipart/form-data', ''])('is 415 as %j', async (type) => {
    expect((await report({ type, body: PROCESSED })).statusCode).toBe(415);
    expect(await stored()).toEqual([]);
  });

  test('is 503 with Retry-After when the log does not take it', async () => {
    const publish = () => Promise.reject(new LogUnavailableError('down'));
    const other = await openIngest({ publisher: { publish } });
    try {
      const answer = await other.app.inject({
        method: 'POST',
        url: '/api/events/',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        payload: { ...PROCESSED, timestamp: new Date(NOW_MS).toISOString() },
      });
      expect(answer.statusCode).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await other.close();
    }
  });
});
