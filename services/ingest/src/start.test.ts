import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type IngestDeps, type RunningIngest, start } from './start.ts';
import { makeBot, registryOf, WEBHOOK_SECRET } from './testing/bots.ts';

const logger = silentLogger;

let directory: string;
let log: EventLog;
const running: RunningIngest[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-ingest-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((ingest) => ingest.close()));
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

async function startIngest(ingestLog: IngestDeps['log'] = log): Promise<RunningIngest> {
  const ingest = await start({
    settings: {
      host: '127.0.0.1',
      port: 0,
      trustProxy: false,
      eventRetentionDays: 7,
      adminToken: null,
    },
    log: ingestLog,
    registry: registryOf([makeBot()]),
    logger,
    clock: systemClock,
  });
  running.push(ingest);
  return ingest;
}

function deliver(url: string, updateId: number): Promise<Response> {
  return fetch(`${url}/webhook/alpha`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
    },
    body: JSON.stringify({ update_id: updateId, message: {} }),
  });
}

async function storedUpdates(): Promise<bigint> {
  const ranges = await log.ranges(UPDATES_TOPIC);
  return ranges.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0n);
}

describe('ingest', () => {
  test('listens, takes many deliveries at once, and stores each', async () => {
    const { url } = await startIngest();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, id) => deliver(url, id)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await storedUpdates()).toBe(200n);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('answers what is under way when it is closed, and then takes no more', async () => {
    const handedOver = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const ingest = await startIngest({
      ping: () => log.ping(),
      publish: async (messages) => {
        if (messages.some(({ topic }) => topic === UPDATES_TOPIC)) {
          handedOver.resolve();
          await mayGoOn.promise;
        }
        await log.publish(messages);
      },
    });
    const answer = deliver(ingest.url, 1);
    await handedOver.promise;
    const closed = ingest.close();
    mayGoOn.resolve();
    expect((await answer).status).toBe(200);
    await closed;
    expect(await storedUpdates()).toBe(1n);
    await expect(deliver(ingest.url, 2)).rejects.toThrow();
  });

  test('is 503 and not ready while the log is down, alive all the same', async () => {
    const down = () => Promise.reject(new LogUnavailableError('down'));
    const { url } = await startIngest({ publish: down, ping: down });
    const answer = await deliver(url, 1);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ details: [{ field: 'log' }] });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });
});
