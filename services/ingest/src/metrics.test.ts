/** What operators see of ingest: its metrics after real requests, and whether it is ready. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scrape } from '@hookpulse/common/testing/scrape';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import {
  type EventLog,
  LogUnavailableError,
  MessageTooLargeError,
} from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { PRESENCE_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { sendRaw } from '@hookpulse/service-kit/http/testing/raw-request';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type IngestDeps, type IngestSettings, type RunningIngest, start } from './start.ts';
import { makeBot, REPORT_TOKEN, registryOf, WEBHOOK_SECRET } from './testing/bots.ts';

const ADMIN_TOKEN = 'the-admin-token';
const READ_TOKEN = 'the-read-token';

let directory: string;
let log: EventLog;
const running: RunningIngest[] = [];
const clock = { nowMs: 0, now: () => clock.nowMs };

beforeEach(async () => {
  clock.nowMs = Date.parse('2026-02-10T20:00:00.000Z');
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-ingest-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, silentLogger);
  await log.ensureTopics(TOPIC_SPECS);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((ingest) => ingest.close()));
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

async function startIngest(
  ingestLog: IngestDeps['log'] = log,
  settings: Partial<IngestSettings> = {},
): Promise<string> {
  const other = { webhook_secret_sha256: 'b'.repeat(64), report_token_sha256: 'b'.repeat(64) };
  const ingest = await start({
    settings: {
      host: '127.0.0.1',
      port: 0,
      trustProxy: false,
      eventRetentionDays: 7,
      adminToken: ADMIN_TOKEN,
      ...settings,
    },
    log: ingestLog,
    registry: registryOf([makeBot(), makeBot({ bot_id: 'gamma', ...other, enabled: false })]),
    logger: silentLogger,
    clock,
    steadyClock: clock,
  });
  running.push(ingest);
  return ingest.url;
}

const JSON_TYPE = 'application/json';
const SECRET = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
const UPDATE = JSON.stringify({ update_id: 1, message: {} });

async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = SECRET,
): Promise<number> {
  const request = { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers }, body };
  return (await fetch(url, request)).status;
}

async function readiness(url: string) {
  const response = await fetch(`${url}/readyz`);
  return { statusCode: response.status, body: await response.json() };
}

/** The log whose publishes end as the test says. */
/** What ingest says of its own presence is taken in any case. */
function logThat(publish: () => Promise<void>): IngestDeps['log'] {
  return {
    publish: (messages) =>
      messages.every(({ topic }) => topic === PRESENCE_TOPIC) ? Promise.resolve() : publish(),
    ping: () => log.ping(),
  };
}

describe('the metrics', () => {
  test('count deliveries by what became of them', async () => {
    const url = await startIngest();
    const hook = `${url}/webhook/alpha`;
    expect(await post(hook, UPDATE)).toBe(200);
    expect(await post(hook, UPDATE)).toBe(200);
    expect(await post(hook, '{')).toBe(400);
    expect(await post(hook, '{"no":"update_id"}')).toBe(400);
    expect(await post(hook, UPDATE, {})).toBe(401);
    expect(await post(`${url}/webhook/gamma`, UPDATE)).toBe(403);
    expect(await post(`${url}/webhook/nobody`, UPDATE)).toBe(404);
    expect(await post(hook, ' '.repeat(1_048_577))).toBe(413);
    expect(await post(hook, UPDATE, { ...SECRET, 'content-type': 'text/plain' })).toBe(415);

    const { value, sum } = await scrape(url);
    const outcomes = {
      accepted: 2,
      invalid: 2,
      invalid_signature: 1,
      disabled: 1,
      unknown_bot: 1,
      too_large: 1,
      unsupported_type: 1,
      queue_full: 0,
      unavailable: 0,
      aborted: 0,
      failed: 0,
    };
    for (const [outcome, count] of Object.entries(outcomes)) {
      expect([outcome, value('hookpulse_deliveries_total', { outcome })]).toEqual([outcome, count]);
    }
    // Two updates, the one with a wrong secret, and two bodies that are no update.
    expect(value('hookpulse_acknowledge_duration_seconds_count')).toBe(5);
    expect(value('hookpulse_acknowledge_duration_seconds_sum')).toBeGreaterThan(0);
    const acknowledged = { outcome: 'acknowledged' };
    expect(value('hookpulse_log_publish_duration_seconds_count', acknowledged)).toBe(5);
    expect(value('hookpulse_ingest_queue_messages')).toBe(0);
    expect(value('hookpulse_ready', { check: 'log' })).toBe(1);
    expect(value('hookpulse_build_info', buildLabels(await scrape(url)))).toBe(1);
    expect(sum('hookpulse_reports_total')).toBe(0);
  });

  test('count reports and their events', async () => {
    const url = await startIngest();
    const reports = `${url}/api/events`;
    const event = { bot_id: 'alpha', event_type: 'processed', update_id: 1 };
    const bot = { authorization: `Bearer ${REPORT_TOKEN}` };
    expect(await post(reports, JSON.stringify([event, event, event]), bot)).toBe(202);
    expect(await post(reports, JSON.stringify([event, { bot_id: 1 }]), bot)).toBe(202);
    expect(await post(`${reports}?strict=1`, JSON.stringify([event, { bot_id: 1 }]), bot)).toBe(
      400,
    );
    expect(await post(reports, '[]', bot)).toBe(400);
    expect(await post(reports, JSON.stringify({ ...event, bot_id: 'gamma' }), bot)).toBe(403);
    expect(await post(reports, JSON.stringify(event), {})).toBe(401);
    const { value } = await scrape(url);
    const counts = { accepted: 2, invalid: 2, foreign: 1, unauthorized: 1, unavailable: 0 };
    for (const [outcome, count] of Object.entries(counts)) {
      expect([outcome, value('hookpulse_reports_total', { outcome })]).toEqual([outcome, count]);
    }
    expect(value('hookpulse_reported_events_total', { outcome: 'accepted' })).toBe(4);
    expect(value('hookpulse_reported_events_total', { outcome: 'refused' })).toBe(4);
  });

  test('count every refusal by its reason, and by its bot where that is known', async () => {
    const url = await startIngest();
    const hook = `${url}/webhook/alpha`;
    await post(hook, '{');
    await post(hook, UPDATE, {});
    await post(hook, ' '.repeat(1_048_577));
    await post(hook, UPDATE, { ...SECRET, 'content-type': 'text/plain' });
    await post(hook, UPDATE, { ...SECRET, 'content-encoding': 'gzip' });
    await post(`${url}/webhook/gamma`, UPDATE);
    await post(`${url}/webhook/nobody`, UPDATE);
    await post(`${url}/api/events`, '[]', { authorization: `Bearer ${REPORT_TOKEN}` });
    await post(`${url}/api/events`, '[]', { authorization: `Bearer ${ADMIN_TOKEN}` });
    await post(`${url}/api/events`, '[]', {});
    await post(`${url}/nowhere`, UPDATE);
    await post(`${url}/webhook/alpha/more`, UPDATE);
    await post(`${url}/webhook/%zz`, UPDATE);
    await fetch(hook);
    await sendRaw(url, 'this is no HTTP\r\n\r\n');
    const { value, sum } = await scrape(url);
    const refusals = [
      ['invalid', 'alpha', 2],
      ['invalid_signature', 'alpha', 1],
      ['too_large', 'alpha', 1],
      ['unsupported_type', 'alpha', 2],
      ['disabled', 'gamma', 1],
      ['unknown_bot', '', 1],
      ['invalid', '', 1],
      ['unauthorized', '', 1],
      ['unmatched', '', 4],
      ['malformed', '', 1],
    ] as const;
    for (const [reason, bot_id, count] of refusals) {
      const counted = value('hookpulse_refused_requests_total', { reason, bot_id });
      expect([reason, bot_id, counted]).toEqual([reason, bot_id, count]);
    }
    expect(sum('hookpulse_refused_requests_total')).toBe(15);
  });

  test('tell a log that does not acknowledge from a queue that is full', async () => {
    const isUp = Promise.withResolvers<void>();
    const url = await startIngest(logThat(() => isUp.promise));
    // 64 MiB wait for the log.
    const large = JSON.stringify({ update_id: 1, message: 'x'.repeat(1_000_000) });
    const answers = Array.from({ length: 70 }, () => post(`${url}/webhook/alpha`, large));
    const full = await until('the queue to be full', async () => {
      const scraped = await scrape(url);
      const refused = scraped.value('hookpulse_deliveries_total', { outcome: 'queue_full' }) ?? 0;
      return refused > 0 && scraped;
    });
    expect(full.value('hookpulse_ingest_queue_bytes')).toBeGreaterThan(60_000_000);
    expect(full.value('hookpulse_ingest_queue_messages')).toBeGreaterThan(100);
    isUp.reject(new LogUnavailableError('gone'));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([503]));
    const { value, sum } = await scrape(url);
    expect(value('hookpulse_deliveries_total', { outcome: 'unavailable' })).toBeGreaterThan(60);
    expect(sum('hookpulse_deliveries_total')).toBe(70);
    expect(value('hookpulse_ingest_queue_bytes')).toBe(0);
    expect(value('hookpulse_acknowledge_duration_seconds_count')).toBe(0);
  });

  test('count a sender that goes away in the middle', async () => {
    const url = await startIngest();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = [
      'POST /webhook/alpha HTTP/1.1',
      'Host: x',
      `Content-Type: ${JSON_TYPE}`,
      `X-Telegram-Bot-Api-Secret-Token: ${WEBHOOK_SECRET}`,
      'Content-Length: 1000',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n{"update_id":`);
    socket.end();
    await until('it to be counted', async () => {
      const { value } = await scrape(url);
      return value('hookpulse_deliveries_total', { outcome: 'aborted' }) === 1;
    });
  });

  test('need a token once a read token is set', async () => {
    const url = await startIngest(log, { tokens: { admin: ADMIN_TOKEN, read: READ_TOKEN } });
    const status = async (token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`${url}/metrics`, { headers })).status;
    };
    expect(await status()).toBe(401);
    expect(await status('another-token')).toBe(401);
    expect(await status(READ_TOKEN)).toBe(200);
    expect(await status(ADMIN_TOKEN)).toBe(200);
  });
});

describe('ingest', () => {
  test('is not ready while publishing fails, and is again with the first success', async () => {
    let isUp = false;
    const url = await startIngest(
      logThat(() => (isUp ? Promise.resolve() : Promise.reject(new LogUnavailableError('full')))),
    );
    expect(await readiness(url)).toMatchObject({ statusCode: 200 });
    expect(await post(`${url}/webhook/alpha`, UPDATE)).toBe(503);
    clock.nowMs += 5_000;
    expect(await readiness(url)).toEqual({
      statusCode: 503,
      body: {
        status: 'error',
        error: 'Not ready: log.',
        details: [
          {
            field: 'log',
            message: 'does not accept messages, since 2026-02-10T20:00:00.000Z',
          },
        ],
      },
    });
    expect((await scrape(url)).value('hookpulse_ready', { check: 'log' })).toBe(0);
    isUp = true;
    expect(await post(`${url}/webhook/alpha`, UPDATE)).toBe(200);
    expect(await readiness(url)).toMatchObject({ statusCode: 200 });
    expect((await scrape(url)).value('hookpulse_ready', { check: 'log' })).toBe(1);
  });

  test('gets its traffic back by itself when none has come for a while', async () => {
    const url = await startIngest(logThat(() => Promise.reject(new LogUnavailableError('gone'))));
    expect(await post(`${url}/webhook/alpha`, UPDATE)).toBe(503);
    clock.nowMs += 9_999;
    expect((await readiness(url)).statusCode).toBe(503);
    clock.nowMs += 1;
    expect((await readiness(url)).statusCode).toBe(200);
  });

  test('is not ready while the log takes messages and acknowledges none', async () => {
    const acknowledged = Promise.withResolvers<void>();
    const handedOver = Promise.withResolvers<void>();
    const url = await startIngest(
      logThat(() => {
        handedOver.resolve();
        return acknowledged.promise;
      }),
    );
    const answer = post(`${url}/webhook/alpha`, UPDATE);
    await handedOver.promise;
    clock.nowMs += 5_000;
    expect(await readiness(url)).toMatchObject({
      statusCode: 503,
      body: { details: [{ message: expect.stringContaining('does not acknowledge') }] },
    });
    acknowledged.resolve();
    expect(await answer).toBe(200);
    expect((await readiness(url)).statusCode).toBe(200);
  });

  test('stays ready when a message is refused for what it is', async () => {
    const url = await startIngest(logThat(() => Promise.reject(new MessageTooLargeError('large'))));
    expect(await post(`${url}/webhook/alpha`, UPDATE)).toBe(503);
    expect((await readiness(url)).statusCode).toBe(200);
    const { value } = await scrape(url);
    expect(value('hookpulse_deliveries_total', { outcome: 'unavailable' })).toBe(1);
  });
});

function buildLabels({ families }: Awaited<ReturnType<typeof scrape>>) {
  const info = families.find(({ name }) => name === 'hookpulse_build_info');
  return info?.samples[0]?.labels ?? {};
}
