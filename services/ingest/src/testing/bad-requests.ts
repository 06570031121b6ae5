/**
 * Generators of requests that ingest must refuse. Each is bad by construction: it is a good one with
 * one thing done to it that no reading can make good again.
 */
import fc from 'fast-check';
import { SAMPLE_UPDATES } from './sample-updates.ts';

export interface BadRequest {
  /** What was done to it. */
  readonly fault: string;
  readonly contentType: string;
  readonly body: Buffer;
}

const MAX_BODY_BYTES = 1_048_576;
const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

/** JSON has them nowhere, not even in strings. */
const CONTROL_CHARACTERS = [[0x00], [0x0b], [0x1f]];
/** Repaired in texts; an event of the generator has none but names and ids. */
const NOT_UTF8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x00], [0xf5]];

const goodUpdate = fc
  .tuple(fc.constantFrom(...SAMPLE_UPDATES), fc.maxSafeInteger(), fc.string({ unit: 'grapheme' }))
  .map(([sample, updateId, text]) => ({
    ...JSON.parse(sample),
    update_id: updateId,
    ...(text === '' ? {} : { note: text.replaceAll('\0', '') }),
  }));

const goodEvent: fc.Arbitrary<object> = fc
  .record({
    event_id: fc.uuid(),
    event_type: fc.constantFrom('received', 'processed', 'error', 'response_sent', 'retry'),
    update_id: fc.maxSafeInteger(),
    processing_time_ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
  })
  .map((event) => ({ bot_id: 'alpha', ...event }));

/** Of `POST /webhook/<bot_id>` with the right secret: 400, 413 or 415. */
export const badUpdates: fc.Arbitrary<BadRequest> = fc.oneof(
  { weight: 30, arbitrary: brokenText(goodUpdate, CONTROL_CHARACTERS) },
  { weight: 15, arbitrary: withWrongField(goodUpdate, 'update_id', badIds()) },
  { weight: 10, arbitrary: withoutField(goodUpdate, 'update_id') },
  { weight: 10, arbitrary: notAnObject() },
  { weight: 10, arbitrary: wrongType(goodUpdate) },
  { weight: 1, arbitrary: tooLarge(goodUpdate) },
);

/** Of a strict `POST /api/events` by `alpha`: 400, 413 or 415, or 403 for another's bot_id. */
export const badReports: fc.Arbitrary<BadRequest> = fc.oneof(
  { weight: 25, arbitrary: brokenText(goodEvent, NOT_UTF8) },
  { weight: 20, arbitrary: poisonedObject(goodEvent) },
  { weight: 20, arbitrary: amongGoodOnes(badEvent()) },
  { weight: 15, arbitrary: badEvent().map((event) => jsonRequest('one bad event', event)) },
  { weight: 10, arbitrary: badLines() },
  { weight: 5, arbitrary: notAnObject() },
  { weight: 5, arbitrary: wrongType(goodEvent) },
  { weight: 1, arbitrary: tooLarge(goodEvent) },
  { weight: 1, arbitrary: tooMany() },
);

function jsonRequest(fault: string, value: unknown): BadRequest {
  return { fault, contentType: JSON_TYPE, body: Buffer.from(JSON.stringify(value)) };
}

/** Cut short, doubled, or with strange bytes somewhere in it. */
function brokenText(
  good: fc.Arbitrary<object>,
  strange: readonly (readonly number[])[],
): fc.Arbitrary<BadRequest> {
  const contentType = JSON_TYPE;
  const text = good.map((value) => Buffer.from(JSON.stringify(value)));
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const strangeBytes = fc.constantFrom(...strange);
  return fc.oneof(
    fc.tuple(text, place).map(([bytes, share]) => ({
      fault: 'cut short',
      contentType,
      body: bytes.subarray(0, Math.floor(bytes.length * share)),
    })),
    fc.tuple(text, fc.constantFrom('{}', '1', ',', ']', '}', 'x')).map(([bytes, more]) => ({
      fault: 'followed by more',
      contentType,
      body: Buffer.concat([bytes, Buffer.from(more)]),
    })),
    fc.tuple(text, place, strangeBytes).map(([bytes, share, added]) => {
      const cut = Math.floor(bytes.length * share);
      const parts = [bytes.subarray(0, cut), Buffer.from(added), bytes.subarray(cut)];
      return { fault: 'strange bytes', contentType, body: Buffer.concat(parts) };
    }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => ({
      fault: 'noise',
      contentType,
      body: Buffer.concat([Buffer.from('x'), bytes]),
    })),
  );
}

/** With something inside that a parser takes, and that no event has. */
function poisonedObject(good: fc.Arbitrary<object>): fc.Arbitrary<BadRequest> {
  const poison = fc.oneof(
    fc.constantFrom(
      '{"__proto__":{"admin":true}}',
      '{"\\u005f\\u005fproto\\u005f\\u005f":1}',
      '{"constructor":{"prototype":{}}}',
      '"\\ud800"',
      '"\\udc00\\ud800"',
      '{"\\udfff":1}',
      '"\\u0000"',
      '{"a\\u0000b":null}',
    ),
    fc.integer({ min: 101, max: 3_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    fc
      .integer({ min: 101, max: 1_000 })
      .map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  );
  const wrap = fc.constantFrom(
    (inner: string) => inner,
    (inner: string) => `[1,${inner},2]`,
    (inner: string) => `{"text":"ok","deeper":[{"x":${inner}}]}`,
  );
  return fc.tuple(good, poison, wrap).map(([value, inner, wrapped]) => ({
    fault: 'poison',
    contentType: JSON_TYPE,
    body: Buffer.from(`${JSON.stringify(value).slice(0, -1)},"extra":${wrapped(inner)}}`),
  }));
}

/** JSON texts of what is no integer that JSON carries exactly. */
function badIds(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('null', 'true', '"1"', '[]', '{}', '[1]', '1e400', '-1e400', '1e308', '1.5'),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 2_000n }).map(String),
    fc.bigInt({ min: -(2n ** 200n), max: -(2n ** 53n) }).map(String),
    fc.string().map((text) => JSON.stringify(text)),
  );
}

function withWrongField(
  good: fc.Arbitrary<object>,
  field: string,
  texts: fc.Arbitrary<string>,
): fc.Arbitrary<BadRequest> {
  // A later key wins over an earlier one of the same name.
  return fc.tuple(good, texts).map(([value, text]) => ({
    fault: `wrong ${field}`,
    contentType: JSON_TYPE,
    body: Buffer.from(`${JSON.stringify(value).slice(0, -1)},"${field}":${text}}`),
  }));
}

function withoutField(good: fc.Arbitrary<object>, field: string): fc.Arbitrary<BadRequest> {
  return good.map((value) => jsonRequest(`no ${field}`, { ...value, [field]: undefined }));
}

function notAnObject(): fc.Arbitrary<BadRequest> {
  const scalar = fc.oneof(
    fc.constantFrom(null, true, false, ''),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
  );
  return fc.oneof(
    scalar.map((value) => jsonRequest('a scalar', value)),
    fc.array(scalar, { maxLength: 5 }).map((values) => jsonRequest('an array of scalars', values)),
  );
}

function wrongType(good: fc.Arbitrary<object>): fc.Arbitrary<BadRequest> {
  const types = fc.constantFrom(
    '',
    'text/plain',
    'text/json',
    'application/xml',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'json',
    'application/json, text/plain',
    ';',
  );
  return fc.tuple(good, types).map(([value, contentType]) => ({
    ...jsonRequest(`content type ${contentType}`, value),
    contentType,
  }));
}

/** One byte over the limit, or some. */
function tooLarge(good: fc.Arbitrary<object>): fc.Arbitrary<BadRequest> {
  return fc.tuple(good, fc.integer({ min: 1, max: 2_000 })).map(([value, excess]) => ({
    fault: 'too large',
    contentType: JSON_TYPE,
    body: Buffer.from(JSON.stringify(value).padEnd(MAX_BODY_BYTES + excess, ' ')),
  }));
}

function badEvent(): fc.Arbitrary<object> {
  const wrong = fc.constantFrom<object>(
    { bot_id: 'nobody' },
    { bot_id: '' },
    { bot_id: 5 },
    { bot_id: 'x'.repeat(65) },
    { event_type: 'finished' },
    { event_type: null },
    { event_type: 'processed', status: 'failed' },
    { event_type: 'error', status: 'success' },
    { status: 'done' },
    { event_type: 'received', update_id: null },
    { update_id: 0.5 },
    { update_id: '5' },
    { event_id: 'no-uuid' },
    { event_id: 5 },
    { timestamp: '2026-02-30T00:00:00Z' },
    { timestamp: '2026-02-10T20:00:00' },
    { timestamp: '2036-02-10T20:00:00Z' },
    { timestamp: '1999-02-10T20:00:00Z' },
    { timestamp: 1_770_000_000_000 },
    { processing_time_ms: -0.001 },
    { processing_time_ms: '12' },
    { response_time_ms: true },
    { ip_address: '300.1.1.1' },
    { telegram_signature_valid: 1 },
    { error_type: {} },
    { error_message: ['x'] },
    { update_type: 5 },
    { unknown_field: 1 },
  );
  return fc.tuple(goodEvent, wrong).map(([event, fault]) => ({ ...event, ...fault }));
}

/** A bad event anywhere in an array of good ones. */
function amongGoodOnes(bad: fc.Arbitrary<object>): fc.Arbitrary<BadRequest> {
  return fc
    .tuple(fc.array(goodEvent, { maxLength: 5 }), bad, fc.nat(5))
    .map(([events, event, place]) =>
      jsonRequest('a bad event among good ones', events.toSpliced(place, 0, event)),
    );
}

function badLines(): fc.Arbitrary<BadRequest> {
  const badLine = fc.oneof(
    badEvent().map((event) => JSON.stringify(event)),
    fc.constantFrom('{', 'null', '[]', '"x"', '{"__proto__":1}', 'x'),
    goodEvent.map((event) => JSON.stringify([event])),
  );
  return fc
    .tuple(fc.array(goodEvent, { maxLength: 3 }), badLine, fc.nat(3))
    .map(([events, line, place]) => ({
      fault: 'a bad line',
      contentType: LINES_TYPE,
      body: Buffer.from(
        events
          .map((event) => JSON.stringify(event))
          .toSpliced(place, 0, line)
          .join('\n'),
      ),
    }));
}

function tooMany(): fc.Arbitrary<BadRequest> {
  return fc.integer({ min: 1_001, max: 1_500 }).map((count) => {
    const events = Array.from({ length: count }, () => ({ bot_id: 'alpha', event_type: 'retry' }));
    return jsonRequest('too many', events);
  });
}

/** A request as bytes whose framing does not fit its body. @param head - request line and headers */
export function badFraming(head: string): fc.Arbitrary<Buffer> {
  const body = goodUpdate.map((value) => JSON.stringify(value));
  const withLength = (text: string, length: number | string) =>
    Buffer.from(`${head}Content-Length: ${length}\r\n\r\n${text}`);
  const chunked = (text: string) => Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${text}`);
  return fc.oneof(
    fc
      .tuple(body, fc.integer({ min: 1, max: 5_000 }))
      .map(([text, excess]) => withLength(text, Buffer.byteLength(text) + excess)),
    fc
      .tuple(body, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
      .map(([text, share]) => withLength(text, Math.floor(Buffer.byteLength(text) * share))),
    fc
      .tuple(body, fc.constantFrom('-1', 'x', '1.5', '0x10', '1e3', '99999999999999999999', ''))
      .map(([text, length]) => withLength(text, length)),
    body.map((text) => withLength(text, `5\r\nContent-Length: ${text.length}`)),
    body.map((text) => withLength(text, `${text.length}\r\nTransfer-Encoding: chunked`)),
    fc
      .tuple(body, fc.constantFrom('zz', '-5', '', '5;x', 'ffffffffffffffffff'))
      .map(([text, size]) => chunked(`${size}\r\n${text}`)),
    body.map((text) => chunked(`${text.length.toString(16)}\r\n${text}`)),
    body.map((text) => chunked(`${(text.length - 1).toString(16)}\r\n${text}\r\n0\r\n\r\n`)),
  );
}
