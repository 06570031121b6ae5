/** The aggregator as a service: what it does beside counting, and that this never interferes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFiring } from '@hookpulse/common/testing/sample-alerts';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { scrape } from '@hookpulse/common/testing/scrape';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { ALERT_HISTORY_GROUP, EVENTS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { transitionToMessage } from '@hookpulse/topic-tables/alerts/alert-messages';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type RunningAggregatorService, start } from './start.ts';

const logger = silentLogger;
let clickhouse: TestClickHouse;
let directory: string;
let log: EventLog;
let service: RunningAggregatorService | null;

beforeEach(async () => {
  service = null;
  clickhouse = await openTestClickHouse();
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-aggregator-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
});
afterEach(async () => {
  await service?.close();
  await log.close();
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

async function run(consume: EventLog['consume'] = (options) => log.consume(options)) {
  service = await start({
    settings: {
      host: '127.0.0.1',
      port: 0,
      processingTimeoutMs: 30_000,
      isStoreReplicated: false,
    },
    log: withConsume(consume),
    clickhouse: clickhouse.client,
    logger,
    clock: { now: () => Date.now() },
  });
}

/** The log with another way to consume. */
function withConsume(consume: EventLog['consume']): EventLog {
  return {
    ensureTopics: (specs) => log.ensureTopics(specs),
    publish: (messages) => log.publish(messages),
    consume,
    follow: (options) => log.follow(options),
    ranges: (topic) => log.ranges(topic),
    offsetsAt: (topic, timestampMs) => log.offsetsAt(topic, timestampMs),
    committed: (groupId, topic) => log.committed(groupId, topic),
    partitionFor: (topic, key) => log.partitionFor(topic, key),
    ping: () => log.ping(),
    purge: () => log.purge(),
    close: () => log.close(),
  };
}

async function publishBoth(): Promise<void> {
  const event = sampleEvent({ event_id: sampleEventId(1), timestamp: new Date().toISOString() });
  await log.publish([
    transitionToMessage(sampleFiring('2026-02-10T20:00:00Z')),
    { topic: EVENTS_TOPIC, key: event.bot_id, value: JSON.stringify(event) },
  ]);
}

async function rowsOf(table: string): Promise<number> {
  const result = await clickhouse.client.query({
    query: `SELECT count() AS rows FROM ${table}`,
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ rows: number }>();
  return row?.rows ?? 0;
}

async function lagOfHistory(): Promise<number | undefined> {
  const { families } = await scrape(service?.url ?? '');
  return families.find(({ name }) => name === 'hookpulse_alert_history_lag_messages')?.samples[0]
    ?.value;
}

test('counts events, and keeps the history of alerts', async () => {
  await run();
  await publishBoth();
  await until('the event', async () => (await rowsOf('webhook_events')) === 1);
  await until('the transition', async () => (await rowsOf('webhook_alerts')) === 1);
  expect(await lagOfHistory()).toBe(0);
});

test('counts events when the history of alerts cannot be kept', async () => {
  const attempts: string[] = [];
  await run((options) => {
    if (options.groupId !== ALERT_HISTORY_GROUP) return log.consume(options);
    attempts.push(options.groupId);
    return Promise.reject(new LogUnavailableError('away'));
  });
  await publishBoth();
  await until('the event', async () => (await rowsOf('webhook_events')) === 1);
  await until('an attempt', () => attempts.length > 0);
  expect(await rowsOf('webhook_alerts')).toBe(0);
  expect(await lagOfHistory()).toBeUndefined();
  const readiness = await fetch(`${service?.url}/readyz`);
  expect(readiness.status).toBe(200);
});
