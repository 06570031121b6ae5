/**
 * Thousands of requests at each route. With the right secret every JSON object with an integer
 * `update_id` is taken as it came. Every bad one gets a 4xx of the contract, nothing crashes, and the
 * next good one is taken. `FUZZ_SEED` repeats a run.
 */
import { randomInt } from 'node:crypto';
import { decodeEvent } from '@hookpulse/common/events/decode-event';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { sendRaw } from '@hookpulse/service-kit/http/testing/raw-request';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BadRequest, badFraming, badReports, badUpdates } from './testing/bad-requests.ts';
import { REPORT_TOKEN, WEBHOOK_SECRET } from './testing/bots.ts';
import { goodUpdates } from './testing/good-updates.ts';
import { type IngestFixture, NOW_MS, openIngest } from './testing/ingest-fixture.ts';
import { SAMPLE_UPDATES } from './testing/sample-updates.ts';

/** Few enough for every run of all tests; `FUZZ_RUNS` tries more. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500);
const SOCKET_RUNS = 200;
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));

interface Route {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bad: fc.Arbitrary<BadRequest>;
  /** Status codes that the contract has for them. */
  readonly refusals: readonly number[];
}

const ROUTES: readonly Route[] = [
  {
    url: '/webhook/alpha',
    headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
    bad: badUpdates,
    refusals: [400, 413, 415],
  },
  {
    url: '/api/events?strict=true',
    headers: { authorization: `Bearer ${REPORT_TOKEN}` },
    bad: badReports,
    refusals: [400, 403, 413, 415],
  },
];

let ingest: IngestFixture;
let origin: string;

beforeAll(async () => {
  process.stderr.write(`ingest fuzz: FUZZ_SEED=${SEED}\n`);
  ingest = await openIngest();
  origin = await ingest.app.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await ingest.forget();
});

afterAll(async () => {
  await ingest.close();
});

function expectRefusal(refusals: readonly number[], statusCode: number, body: string): void {
  expect(refusals).toContain(statusCode);
  expect(JSON.parse(body)).toEqual({
    status: 'error',
    error: expect.stringMatching(/^[A-Z0-9].*\.$/),
    details: expect.any(Array),
  });
}

/** Of a bad body with the right secret its bot's health is told, and nothing else. */
async function expectNothingTakenAndStillGood(): Promise<void> {
  expect(await ingest.read(UPDATES_TOPIC)).toEqual([]);
  const told = (await ingest.read(EVENTS_TOPIC)).map(({ text }) => decodeEvent(text));
  for (const decoded of told) {
    expect(decoded).toMatchObject({ readable: true, event: { error_type: 'InvalidUpdate' } });
  }
  const update = await ingest.app.inject({
    method: 'POST',
    url: '/webhook/alpha',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
    },
    payload: SAMPLE_UPDATES[0] ?? '',
  });
  expect(update.statusCode).toBe(200);
  const report = await ingest.app.inject({
    method: 'POST',
    url: '/api/events',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${REPORT_TOKEN}` },
    payload: '{"bot_id":"alpha","event_type":"retry"}',
  });
  expect(report.statusCode).toBe(202);
  expect(await ingest.read(UPDATES_TOPIC)).toHaveLength(1);
  expect(await ingest.read(EVENTS_TOPIC)).toHaveLength(told.length + 2);
}

test(`takes ${RUNS} JSON objects with an integer update_id, whatever else is in them`, async () => {
  let published: readonly OutgoingMessage[] = [];
  const publish = async (messages: readonly OutgoingMessage[]) => {
    published = messages;
  };
  const taking = await openIngest({ publisher: { publish } });
  const receivedAt = new Date(NOW_MS).toISOString();
  const property = fc.asyncProperty(goodUpdates, async ({ updateId, body }) => {
    const answer = await taking.app.inject({
      method: 'POST',
      url: '/webhook/alpha',
      headers: {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
      },
      payload: body,
    });
    expect(answer.statusCode).toBe(200);
    const [update, event] = published.map(({ value }) => `${value}`);
    const repaired = new TextDecoder().decode(body);
    expect(update).toBe(`{"bot_id":"alpha","received_at":"${receivedAt}","update":${repaired}}`);
    expect(JSON.parse(update ?? '').update.update_id).toBe(updateId);
    expect(decodeEvent(event ?? null)).toMatchObject({
      readable: true,
      event: { event_type: 'received', status: 'success', update_id: updateId },
    });
  });
  try {
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
  } finally {
    await taking.close();
  }
});

describe.each(ROUTES)('$url', ({ url, headers, bad, refusals }) => {
  test(`refuses ${RUNS} bad bodies, takes nothing, and goes on`, async () => {
    const property = fc.asyncProperty(bad, async ({ contentType, body }) => {
      const answer = await ingest.app.inject({
        method: 'POST',
        url,
        headers: { ...headers, ...(contentType === '' ? {} : { 'content-type': contentType }) },
        payload: body,
      });
      expectRefusal(refusals, answer.statusCode, answer.body);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    await expectNothingTakenAndStillGood();
  });

  test(`refuses ${SOCKET_RUNS} requests of wrong length or chunks, over a socket`, async () => {
    const head = [
      `POST ${url} HTTP/1.1`,
      'Host: localhost',
      'Content-Type: application/json',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
    ].join('\r\n');
    const property = fc.asyncProperty(badFraming(head), async (bytes) => {
      const answer = await sendRaw(origin, bytes);
      expectRefusal(refusals, answer.statusCode, answer.body);
    });
    await fc.assert(property, { numRuns: SOCKET_RUNS, seed: SEED });
    await expectNothingTakenAndStillGood();
  });
});
