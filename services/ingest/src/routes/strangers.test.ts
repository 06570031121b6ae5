/** What strangers who know the id of a bot, and nothing else, can do at ingest. */

import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { createFailureBudget } from '@hookpulse/service-kit/http/failure-budget';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { REPORT_TOKEN, WEBHOOK_SECRET } from '../testing/bots.ts';
import { type IngestFixture, NOW_MS, openIngest } from '../testing/ingest-fixture.ts';

/** More than anybody may fail at once. */
const MANY = 300;
const TELEGRAM = '149.154.167.197';

let ingest: IngestFixture;
const clock = { nowMs: NOW_MS, now: () => clock.nowMs };
beforeAll(async () => {
  ingest = await openIngest({ trustProxy: true, clock, failures: createFailureBudget(clock) });
});
afterAll(() => ingest.close());

let lastUpdateId = 0;
async function deliver(secret: string, from: string): Promise<number> {
  lastUpdateId += 1;
  const answer = await ingest.app.inject({
    method: 'POST',
    url: '/webhook/alpha',
    headers: { 'x-telegram-bot-api-secret-token': secret, 'x-forwarded-for': from },
    payload: { update_id: lastUpdateId },
  });
  if (answer.statusCode === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  return answer.statusCode;
}

async function report(token: string, from: string): Promise<number> {
  const answer = await ingest.app.inject({
    method: 'POST',
    url: '/api/events',
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': from },
    payload: { bot_id: 'alpha', event_type: 'retry' },
  });
  return answer.statusCode;
}

async function countOf(statuses: AsyncIterable<number>): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for await (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

async function* times(count: number, one: (n: number) => Promise<number>) {
  for (let n = 0; n < count; n += 1) yield one(n);
}

const loggedEvents = async () => (await ingest.read(EVENTS_TOPIC)).length;

describe('wrong secrets', () => {
  test('of one address are logged and 401 for a while, then 429 and not logged', async () => {
    const counts = await countOf(times(MANY, () => deliver('wrong', '203.0.113.1')));
    expect([...counts.keys()].sort()).toEqual([401, 429]);
    expect(await loggedEvents()).toBe(counts.get(401));
    expect(await deliver(WEBHOOK_SECRET, '203.0.113.1')).toBe(200);
  });

  test('of many addresses make no more events of one bot', async () => {
    clock.nowMs += 60_000;
    await ingest.forget();
    const counts = await countOf(times(MANY, (n) => deliver('wrong', `198.51.100.${n % 250}`)));
    expect(counts.get(429)).toBeGreaterThan(0);
    expect(await loggedEvents()).toBe(counts.get(401));
  });

  test('that Telegram repeats are logged, however many', async () => {
    await ingest.forget();
    const counts = await countOf(times(MANY, () => deliver('wrong', TELEGRAM)));
    expect([...counts]).toEqual([[401, MANY]]);
    expect(await loggedEvents()).toBe(MANY);
  });
});

test('wrong report tokens are 429 after a while, with one budget for both routes', async () => {
  const from = '203.0.113.5';
  const counts = await countOf(times(MANY, (n) => report(`guess-${n}`, from)));
  expect([...counts.keys()].sort()).toEqual([401, 429]);
  expect(await deliver('wrong', from)).toBe(429);
  expect(await report(REPORT_TOKEN, from)).toBe(202);
  expect(await deliver(WEBHOOK_SECRET, from)).toBe(200);
});

test('a wrong report token costs no look at any bot', async () => {
  const looked: string[] = [];
  const other = await openIngest({
    registry: {
      get: () => undefined,
      ownerOfReportToken: (sha256) => {
        looked.push(sha256);
        return undefined;
      },
    },
  });
  const ask = (token: string) =>
    other.app.inject({
      method: 'POST',
      url: '/api/events',
      headers: { authorization: `Bearer ${token}` },
      payload: {},
    });
  try {
    expect((await ask('guess')).statusCode).toBe(401);
    expect(looked).toHaveLength(1);
    // Longer than any token is not even hashed.
    expect((await ask('x'.repeat(10_000))).statusCode).toBe(401);
    expect(looked).toHaveLength(1);
  } finally {
    await other.close();
  }
});
