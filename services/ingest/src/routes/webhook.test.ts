import { setImmediate as nextTurn } from 'node:timers/promises';
import { receivedEventId } from '@hookpulse/common/events/event-identity';
import { webhookEventValidator } from '@hookpulse/common/events/webhook-event';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { QueueFullError } from '@hookpulse/event-log/micro-batcher';
import { eventHeaders, updateHeaders } from '@hookpulse/event-log/record-headers';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { IngestAppDeps } from '../app.ts';
import { BodyReader, MAX_BODY_BYTES } from '../bodies/body-reader.ts';
import { makeBot, registryOf, WEBHOOK_SECRET } from '../testing/bots.ts';
import { type IngestFixture, openIngest } from '../testing/ingest-fixture.ts';
import { SAMPLE_UPDATES, UPDATES_OF_ALL_KINDS } from '../testing/sample-updates.ts';

const RECEIVED_AT = '2026-02-10T20:00:00.000Z';
/** Telegram's own samples, and one of every kind that there is, as its server writes them. */
const RECORDED_UPDATES = [...SAMPLE_UPDATES, ...UPDATES_OF_ALL_KINDS];
const CALLBACK_UPDATE = SAMPLE_UPDATES.at(-1) ?? '';

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

test.each([
  ['2026-02-10T20:00:00.001Z', 503],
  [RECEIVED_AT, 200],
])('a bot that is being released until %s is answered %i at 20:00', async (until, status) => {
  const hold = { since: '2026-02-10T19:59:50.000Z', until };
  const adoption = { adopted_at: hold.since, webhook_secret: 'sealed', hold };
  await withIngest({ registry: registryOf([makeBot({ adoption })]) }, async () => {
    const answer = await deliver();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(await readValues(UPDATES_TOPIC)).toHaveLength(status === 503 ? 0 : 1);
    // A stranger does not learn of it.
    const wrong = { 'x-telegram-bot-api-secret-token': 'wrong' };
    expect((await deliver({ headers: wrong })).statusCode).toBe(401);
  });
});

/** Ingest built otherwise, for one test. */
async function withIngest(
  overrides: Partial<IngestAppDeps>,
  run: () => Promise<void>,
): Promise<void> {
  const shared = ingest;
  ingest = await openIngest(overrides);
  try {
    await run();
  } finally {
    await ingest.close();
    ingest = shared;
  }
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

interface Delivery {
  readonly bot?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

function deliver({ bot = 'alpha', headers = {}, body = CALLBACK_UPDATE }: Delivery = {}) {
  return ingest.app.inject({
    method: 'POST',
    url: `/webhook/${bot}`,
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
      ...headers,
    },
    payload: body,
  });
}

async function readValues(topic: string): Promise<unknown[]> {
  return (await ingest.read(topic)).map(({ text }) => JSON.parse(text));
}

async function expectNothingLogged(): Promise<void> {
  expect(await ingest.read(UPDATES_TOPIC)).toEqual([]);
  expect(await ingest.read(EVENTS_TOPIC)).toEqual([]);
}

describe('a genuine delivery', () => {
  test('is answered 200 {} when the update and its event are on the log', async () => {
    const answer = await deliver();
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{}');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);

    const [update, ...moreUpdates] = await ingest.read(UPDATES_TOPIC);
    expect(moreUpdates).toEqual([]);
    expect(update).toMatchObject({
      key: 'alpha',
      headers: updateHeaders(receivedEventId('alpha', 756195662), 'alpha', RECEIVED_AT),
    });
    expect(JSON.parse(update?.text ?? '')).toEqual({
      bot_id: 'alpha',
      received_at: RECEIVED_AT,
      update: JSON.parse(CALLBACK_UPDATE),
    });

    const [event, ...moreEvents] = await ingest.read(EVENTS_TOPIC);
    expect(moreEvents).toEqual([]);
    expect(event).toMatchObject({
      key: 'alpha',
      headers: eventHeaders('received', receivedEventId('alpha', 756195662), 'alpha', RECEIVED_AT),
    });
    const received: unknown = JSON.parse(event?.text ?? '');
    expect(webhookEventValidator.Check(received)).toBe(true);
    expect(received).toEqual({
      event_id: receivedEventId('alpha', 756195662),
      bot_id: 'alpha',
      event_type: 'received',
      status: 'success',
      timestamp: RECEIVED_AT,
      update_id: 756195662,
      update_type: 'callback_query',
      processing_time_ms: null,
      response_time_ms: null,
      error_type: null,
      error_message: null,
      ip_address: '127.0.0.1',
      telegram_signature_valid: true,
    });
  });

  test.each(RECORDED_UPDATES)('is kept to the letter: %.80s', async (update) => {
    expect((await deliver({ body: update })).statusCode).toBe(200);
    const [stored] = await ingest.read(UPDATES_TOPIC);
    const expected = `{"bot_id":"alpha","received_at":"${RECEIVED_AT}","update":${update}}`;
    expect(stored?.text).toBe(expected);
  });

  test('keeps numbers that JavaScript cannot hold', async () => {
    const body = '{"update_id":1,"message":{"chat":{"id":-10099999999999999999}}}';
    expect((await deliver({ body })).statusCode).toBe(200);
    const [stored] = await ingest.read(UPDATES_TOPIC);
    expect(stored?.text).toContain('"id":-10099999999999999999');
  });

  test('that comes twice carries one event_id', async () => {
    await deliver();
    await deliver();
    const events = await readValues(EVENTS_TOPIC);
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ event_id: receivedEventId('alpha', 756195662) });
    expect(events[1]).toMatchObject({ event_id: receivedEventId('alpha', 756195662) });
  });

  test.each([
    ['a trailing slash', { bot: 'alpha/' }],
    ['a byte order mark', { body: '\uFEFF{"update_id":7}' }],
    ['a charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['white space around', { body: ' \r\n{"update_id":7}\n' }],
    ['an update of a kind that does not exist yet', { body: '{"update_id":7,"new_kind":{}}' }],
    ['nothing but its id', { body: '{"update_id":7}' }],
    ['escaped text', { body: '{"update_id":7,"message":{"text":"\\u041f \\ud83d\\ude00"}}' }],
    ['the largest size', { body: `{"update_id":7${' '.repeat(MAX_BODY_BYTES - 15)}}` }],
    ['the largest id', { body: '{"update_id":9007199254740991}' }],
    ['an encoding that encodes nothing', { headers: { 'content-encoding': 'identity' } }],
    ['an empty encoding', { headers: { 'content-encoding': '' } }],
    ['a charset for an encoding', { headers: { 'content-encoding': 'UTF-8' } }],
    ['a key __proto__', { body: '{"update_id":7,"message":{"__proto__":{"admin":true}}}' }],
    ['a key constructor', { body: '{"update_id":7,"constructor":{"prototype":{"x":1}}}' }],
    ['a lone surrogate', { body: '{"update_id":7,"message":{"text":"\\ud83d","\\udc00":1}}' }],
    ['a NUL', { body: '{"update_id":7,"message":{"text":"a\\u0000b"}}' }],
    ['a key twice', { body: '{"update_id":"x","update_id":7,"message":1,"message":{}}' }],
    ['nesting beyond all measure', { body: `{"update_id":7,"a":${nested(500_000)}}` }],
  ])('may have %s', async (_name, delivery: Delivery) => {
    expect((await deliver(delivery)).statusCode).toBe(200);
    const [stored] = await readValues(UPDATES_TOPIC);
    expect(stored).toMatchObject({ bot_id: 'alpha' });
  });
});

describe('bytes that are not UTF-8', () => {
  const around = (inner: Buffer) =>
    Buffer.concat([
      Buffer.from('{"update_id":7,\n"callback_query":{"data":"'),
      inner,
      Buffer.from('"}}'),
    ]);

  test.each([
    ['FE FF FD', [0xfe, 0xff, 0xfd]],
    ['a lone E9', [0xe9]],
    ['a cut E2 82', [0xe2, 0x82]],
    ['a surrogate ED A0 80', [0xed, 0xa0, 0x80]],
    ['an overlong C0 80', [0xc0, 0x80]],
    ['beyond Unicode F4 90 80 80', [0xf4, 0x90, 0x80, 0x80]],
    ['a cut emoji before text', [0xf0, 0x9f, 0x98, 0x41]],
  ])('(%s) are repaired on the topic as a TextDecoder does, and counted', async (_name, bytes) => {
    const body = around(Buffer.from(bytes));
    expect((await deliver({ body })).statusCode).toBe(200);
    const [stored] = await ingest.read(UPDATES_TOPIC);
    const update = new TextDecoder().decode(body);
    expect(stored?.text).toBe(
      `{"bot_id":"alpha","received_at":"${RECEIVED_AT}","update":${update}}`,
    );
    expect(await readValues(EVENTS_TOPIC)).toMatchObject([
      { status: 'success', update_id: 7, update_type: 'callback_query' },
    ]);
  });

  test('are counted, valid ones are not', async () => {
    const before = await repairedDeliveries();
    await deliver();
    await deliver({ body: around(Buffer.from([0xff])) });
    expect(await repairedDeliveries()).toBe(before + 1);
  });

  async function repairedDeliveries(): Promise<number> {
    const { body } = await ingest.app.inject('/metrics');
    return Number(/^hookpulse_repaired_bodies_total\{of="delivery"\} (\d+)$/m.exec(body)?.[1]);
  }
});

describe('a path with more slashes than it needs', () => {
  test.each(['//webhook/alpha', '/webhook//alpha', '/webhook/alpha//', '///webhook///alpha///'])(
    '%s is the same',
    async (url) => {
      const headers = {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
      };
      const before = await acceptedDeliveries();
      const answer = await ingest.app.inject({
        method: 'POST',
        url,
        headers,
        payload: '{"update_id":7}',
      });
      expect(answer.statusCode).toBe(200);
      expect(await ingest.read(UPDATES_TOPIC)).toHaveLength(1);
      expect(await acceptedDeliveries()).toBe(before + 1);
    },
  );

  async function acceptedDeliveries(): Promise<number> {
    const { body } = await ingest.app.inject('/metrics');
    const [, count] = /^hookpulse_deliveries_total\{outcome="accepted"\} (\d+)$/m.exec(body) ?? [];
    if (count === undefined) throw new Error('there is no such counter');
    return Number(count);
  }
});

describe('a body that is no update', () => {
  test.each([
    ['an empty one', '', 'The body is not valid JSON.'],
    ['cut short', '{"update_id":1,"message":{', 'The body is not valid JSON.'],
    ['not JSON', 'update_id=1', 'The body is not valid JSON.'],
    ['followed by more', '{"update_id":1}{}', 'The body is not valid JSON.'],
    [
      'with strange bytes between',
      Buffer.from('{"update_id":1\xff}', 'latin1'),
      'The body is not valid JSON.',
    ],
    ['in UTF-16', Buffer.from('{"update_id":1}', 'utf16le'), 'The body is not valid JSON.'],
    ['a list', '[{"update_id":1}]', 'The body is not a JSON object.'],
    ['a number', '1', 'The body is not a JSON object.'],
    ['null', 'null', 'The body is not a JSON object.'],
    ['an object without update_id', '{"message":{}}', 'The body has no integer update_id.'],
    ['with update_id null', '{"update_id":null}', 'The body has no integer update_id.'],
    ['with update_id in text', '{"update_id":"1"}', 'The body has no integer update_id.'],
    ['with a fraction in update_id', '{"update_id":1.5}', 'The body has no integer update_id.'],
    ['with an infinite update_id', '{"update_id":1e999}', 'The body has no integer update_id.'],
    [
      'with an update_id that is rounded',
      '{"update_id":9007199254740993}',
      'The body has no integer update_id.',
    ],
    [
      'with an inherited update_id',
      '{"__proto__":{"update_id":1}}',
      'The body has no integer update_id.',
    ],
  ])('%s, is 400 and an InvalidUpdate of the bot', async (_name, body, error) => {
    const answer = await deliver({ body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ status: 'error', error, details: [] });
    expect(await ingest.read(UPDATES_TOPIC)).toEqual([]);
    const [event, ...more] = await readValues(EVENTS_TOPIC);
    expect(more).toEqual([]);
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({
      event_type: 'received',
      status: 'failed',
      error_type: 'InvalidUpdate',
      error_message: error,
      telegram_signature_valid: true,
      update_id: null,
      update_type: null,
      ip_address: '127.0.0.1',
    });
  });

  test('that comes again carries the same event_id', async () => {
    await deliver({ body: '{' });
    await deliver({ body: '{' });
    await deliver({ body: '{ ' });
    const ids = (await readValues(EVENTS_TOPIC)).map((event) =>
      Reflect.get(Object(event), 'event_id'),
    );
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(2);
  });

  test('is not looked at without the right secret', async () => {
    const headers = { 'x-telegram-bot-api-secret-token': 'wrong' };
    for (const body of ['{}', '{', '', Buffer.alloc(MAX_BODY_BYTES + 1)]) {
      expect((await deliver({ body, headers })).statusCode).toBe(401);
    }
    const answer = await deliver({ headers: { ...headers, 'content-type': 'text/plain' } });
    expect(answer.statusCode).toBe(401);
  });
});

describe('the bytes of bodies in flight', () => {
  test('are bounded: what is over is 503 with Retry-After, until others are answered', async () => {
    const acknowledged = Promise.withResolvers<void>();
    const handedOver = Promise.withResolvers<void>();
    const publisher = {
      publish: () => {
        handedOver.resolve();
        return acknowledged.promise;
      },
    };
    const bodies = new BodyReader(1_000);
    await withIngest({ publisher, bodies }, async () => {
      const body = `{"update_id":7${' '.repeat(600)}}`;
      const first = deliver({ body });
      await handedOver.promise;
      expect(bodies.bytesInFlight).toBe(body.length);
      const refused = await deliver({ body });
      expect(refused.statusCode).toBe(503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(bodies.bytesInFlight).toBe(body.length);
      acknowledged.resolve();
      expect((await first).statusCode).toBe(200);
      expect(bodies.bytesInFlight).toBe(0);
      expect((await deliver({ body })).statusCode).toBe(200);
    });
  });

  test('are given back whatever becomes of a request', async () => {
    const bodies = new BodyReader();
    await withIngest({ bodies }, async () => {
      for (const body of ['{', '[]', ' '.repeat(MAX_BODY_BYTES + 1), CALLBACK_UPDATE]) {
        await deliver({ body });
      }
      expect(bodies.bytesInFlight).toBe(0);
    });
  });
});

describe('a delivery with a wrong secret', () => {
  test.each([
    ['another', 'wrong'],
    ['none', undefined],
    ['an empty one', ''],
    ['the right one and more', `${WEBHOOK_SECRET}x`],
    ['that of two headers', `${WEBHOOK_SECRET}, ${WEBHOOK_SECRET}`],
  ])('(%s) is 401, logged as failed, and not passed on', async (_name, secret) => {
    const answer = await ingest.app.inject({
      method: 'POST',
      url: '/webhook/alpha',
      headers: {
        'content-type': 'application/json',
        ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
      },
      payload: CALLBACK_UPDATE,
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual({
      status: 'error',
      error: 'The secret token is missing or wrong.',
      details: [],
    });
    expect(await ingest.read(UPDATES_TOPIC)).toEqual([]);
    const [event, ...more] = await readValues(EVENTS_TOPIC);
    expect(more).toEqual([]);
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({
      event_type: 'received',
      status: 'failed',
      error_type: 'InvalidSignature',
      telegram_signature_valid: false,
      update_id: null,
      update_type: null,
      ip_address: '127.0.0.1',
    });
  });

  test('has an event_id of its own each time, so that it hides nothing', async () => {
    const headers = { 'x-telegram-bot-api-secret-token': 'wrong' };
    await deliver({ headers });
    await deliver({ headers });
    const ids = (await readValues(EVENTS_TOPIC)).map((event) =>
      Reflect.get(Object(event), 'event_id'),
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(receivedEventId('alpha', 756195662));
  });

  test('of another bot is as wrong', async () => {
    expect((await deliver({ bot: 'beta' })).statusCode).toBe(401);
  });
});

describe('a delivery that is refused before its body', () => {
  test.each([
    ['nobody', 404, 'nobody'],
    ['a blank', 404, '%20'],
    ['an object’s own method', 404, 'toString'],
    ['an object’s prototype', 404, '__proto__'],
    ['a very long name', 404, 'x'.repeat(5_000)],
    ['a disabled bot', 403, 'gamma'],
  ])('to %s is %i', async (_name, statusCode, bot) => {
    const answer = await deliver({ bot, body: 'not even JSON' });
    expect(answer.statusCode).toBe(statusCode);
    expect(answer.json()).toMatchObject({ status: 'error', details: [] });
    await expectNothingLogged();
  });

  test.each([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['lines', { 'content-type': 'application/x-ndjson' }],
    ['no type at all', { 'content-type': '' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
  ])('of %s is 415', async (_name, headers: Record<string, string>) => {
    expect((await deliver({ headers })).statusCode).toBe(415);
    await expectNothingLogged();
  });

  test('of more than 1 MiB is 413', async () => {
    const body = `{"update_id":7${' '.repeat(MAX_BODY_BYTES - 14)}}`;
    expect(Buffer.byteLength(body)).toBe(MAX_BODY_BYTES + 1);
    expect((await deliver({ body })).statusCode).toBe(413);
    await expectNothingLogged();
  });

  test('by another method is 405', async () => {
    const answer = await ingest.app.inject('/webhook/alpha');
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('POST');
  });
});

describe('when the log does not take it', () => {
  test.each([
    ['is unreachable', new LogUnavailableError('no broker at 10.1.2.3')],
    ['has too much waiting', new QueueFullError('20000 messages')],
  ])('because it %s, the answer is 503 with Retry-After', async (_name, error) => {
    await withIngest({ publisher: { publish: () => Promise.reject(error) } }, async () => {
      for (const secret of [WEBHOOK_SECRET, 'wrong']) {
        const answer = await deliver({ headers: { 'x-telegram-bot-api-secret-token': secret } });
        expect(answer.statusCode).toBe(503);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect(answer.json()).toMatchObject({ status: 'error', details: [] });
        expect(answer.body).not.toContain(error.message);
      }
    });
  });

  test('no answer is given before the acknowledgement', async () => {
    const acknowledged = Promise.withResolvers<void>();
    const handedOver = Promise.withResolvers<void>();
    const publisher = {
      publish: () => {
        handedOver.resolve();
        return acknowledged.promise;
      },
    };
    await withIngest({ publisher }, async () => {
      let answered = false;
      const answer = deliver().then((response) => {
        answered = true;
        return response;
      });
      await handedOver.promise;
      await nextTurn();
      expect(answered).toBe(false);
      acknowledged.resolve();
      expect((await answer).statusCode).toBe(200);
    });
  });
});

describe('the address of the client', () => {
  const forwarded = { 'x-forwarded-for': '149.154.167.197' };

  async function loggedAddress(): Promise<unknown> {
    const [event] = await readValues(EVENTS_TOPIC);
    return Reflect.get(Object(event), 'ip_address');
  }

  test('is that of the connection, whatever a header says', async () => {
    await deliver({ headers: forwarded });
    expect(await loggedAddress()).toBe('127.0.0.1');
  });

  test.each([
    ['the header’s, from a trusted proxy', ['127.0.0.0/8'], '149.154.167.197'],
    ['the header’s, when all are trusted', true, '149.154.167.197'],
    ['the connection’s, from another proxy', ['10.0.0.0/8'], '127.0.0.1'],
  ])('is %s', async (_name, trustProxy, expected) => {
    await withIngest({ trustProxy }, async () => {
      await deliver({ headers: forwarded });
      expect(await loggedAddress()).toBe(expected);
    });
  });

  test.each([
    ['149.154.167.197:51008, 10.0.0.6', ['127.0.0.1', '10.0.0.0/8'], '149.154.167.197'],
    ['149.154.167.197, 10.0.0.6:443', ['127.0.0.1', '10.0.0.0/8'], '149.154.167.197'],
    ['6.6.6.6, 149.154.167.197:51008', 1, '149.154.167.197'],
    ['[2001:DB8::1]:443', true, '2001:db8::1'],
  ])('of %s is normal', async (header, trustProxy, expected) => {
    await withIngest({ trustProxy }, async () => {
      await deliver({ headers: { 'x-forwarded-for': header } });
      expect(await loggedAddress()).toBe(expected);
    });
  });

  test('is null when the header holds none', async () => {
    await withIngest({ trustProxy: true }, async () => {
      expect((await deliver({ headers: { 'x-forwarded-for': '"},x' } })).statusCode).toBe(200);
      expect(await loggedAddress()).toBe(null);
    });
  });
});
