/** What operators see of the aggregator: its metrics after real work, and whether it is ready. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { type Scraped, scrape } from '@hookpulse/common/testing/scrape';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { type Consumer, type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { AGGREGATOR_GROUP, EVENTS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../../test/kafka-broker/free-port.ts';
import { type RunningAggregatorService, start } from './start.ts';

const logger = silentLogger;
const PARTITIONS = 12;
const CONSUMER = { group: AGGREGATOR_GROUP, topic: EVENTS_TOPIC };
const SETTINGS = { host: '127.0.0.1', processingTimeoutMs: 30_000, isStoreReplicated: false };

let clickhouse: TestClickHouse;
let store: FragileStore;
let directory: string;
let log: EventLog;
const running: RunningAggregatorService[] = [];
/** Shows the time; `aheadMs` lets some pass. */
const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
});
afterAll(() => clickhouse.close());

beforeEach(async () => {
  clock.aheadMs = 0;
  store = fragileStore(clickhouse.client);
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-aggregator-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
});

afterEach(async () => {
  store.state = 'up';
  await Promise.all(running.splice(0).map((aggregator) => aggregator.close()));
  await log.close();
  await rm(directory, { recursive: true, force: true });
  for (const table of ['events', 'metrics', 'slices', 'positions']) {
    await clickhouse.client.command({ query: `TRUNCATE TABLE webhook_${table}` });
  }
});

interface FragileStore {
  readonly client: ClickHouseClient;
  /** `full`: answers questions and takes no rows; `stuck`: takes them and never says so. */
  state: 'up' | 'down' | 'full' | 'stuck';
}

/** The store as it is, until a test breaks it. */
function fragileStore(client: ClickHouseClient): FragileStore {
  const insert: ClickHouseClient['insert'] = async (params) => {
    if (store.state === 'stuck') await until('the store to go on', () => store.state === 'up');
    if (store.state !== 'up') throw new Error('no space left');
    return client.insert(params);
  };
  const query: ClickHouseClient['query'] = async (params) => {
    if (store.state === 'down') throw new Error('connection refused');
    return client.query(params);
  };
  return { client: Object.assign(Object.create(client), { insert, query }), state: 'up' };
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

interface ConsumerChange {
  readonly lag?: Consumer['lag'];
  readonly isMember?: () => boolean;
}

function changed(consumer: Consumer, change: ConsumerChange): Consumer {
  return {
    get isMember() {
      return change.isMember?.() ?? consumer.isMember;
    },
    commit: (positions) => consumer.commit(positions),
    seek: (position) => consumer.seek(position),
    pause: (partitions) => consumer.pause(partitions),
    resume: (partitions) => consumer.resume(partitions),
    lag: () => (change.lag ?? (() => consumer.lag()))(),
    close: () => consumer.close(),
  };
}

async function startAggregator(ownLog: EventLog = log, port = 0): Promise<string> {
  const aggregator = await start({
    settings: { ...SETTINGS, port },
    log: ownLog,
    clickhouse: store.client,
    logger,
    clock,
    steadyClock: clock,
  });
  running.push(aggregator);
  return aggregator.url;
}

async function readiness(url: string) {
  const response = await fetch(`${url}/readyz`);
  return { statusCode: response.status, body: await response.json() };
}

function untilScraped(what: string, url: string, condition: (scraped: Scraped) => boolean) {
  return until(what, async () => {
    const scraped = await scrape(url);
    return condition(scraped) && scraped;
  });
}

function assignedPartitions({ value }: Scraped): number | null {
  return value('hookpulse_consumer_assigned_partitions', CONSUMER);
}

function totalLag({ sum }: Scraped): number {
  return sum('hookpulse_consumer_lag_messages');
}

function message(n: number, fields: Parameters<typeof sampleEvent>[0] = {}) {
  const event = sampleEvent({
    event_id: sampleEventId(n),
    bot_id: `bot-${n % 50}`,
    update_id: n,
    timestamp: new Date().toISOString(),
    ...fields,
  });
  return { topic: EVENTS_TOPIC, key: event.bot_id, value: JSON.stringify(event) };
}

function messages(count: number) {
  return Array.from({ length: count }, (_, n) => message(n));
}

describe('the metrics', () => {
  test('tell what was counted, repeated, late and set aside', async () => {
    const url = await startAggregator();
    await untilScraped('all partitions', url, (seen) => assignedPartitions(seen) === PARTITIONS);
    const late = { timestamp: new Date(Date.now() - 2 * HOUR_MS).toISOString() };
    const broken = (value: string | Uint8Array | null) => ({
      topic: EVENTS_TOPIC,
      key: 'bot-1',
      value,
    });
    await log.publish([
      ...messages(10),
      message(3),
      message(4),
      message(100, late),
      broken(null),
      broken('{'),
      broken('[]'),
      broken('[]'),
      broken(Buffer.from([0xff])),
    ]);
    const { value, sum } = await untilScraped(
      'everything to be stored',
      url,
      (seen) =>
        seen.value('hookpulse_events_counted_total') === 11 &&
        seen.sum('hookpulse_events_dead_lettered_total') === 5 &&
        seen.value('hookpulse_events_duplicate_total') === 2 &&
        seen.value('hookpulse_flush_pending_events') === 0,
    );
    expect(value('hookpulse_events_late_total')).toBe(1);
    const reasons = { no_value: 1, not_json: 1, not_an_event: 2, not_utf8: 1, not_storable: 0 };
    for (const [reason, count] of Object.entries(reasons)) {
      const letters = value('hookpulse_events_dead_lettered_total', { reason });
      expect([reason, letters]).toEqual([reason, count]);
    }
    expect(value('hookpulse_flush_duration_seconds_count')).toBeGreaterThan(0);
    expect(value('hookpulse_store_delay_seconds_count')).toBeGreaterThan(0);
    expect(value('hookpulse_flush_failures_total')).toBe(0);
    const sinceFlush = Date.now() / 1_000 - lastFlush(value);
    expect(sinceFlush).toBeGreaterThanOrEqual(0);
    expect(sinceFlush).toBeLessThan(60);
    expect(value('hookpulse_consumer_lag_messages', { ...CONSUMER, partition: '0' })).toBe(0);
    expect(sum('hookpulse_consumer_lag_messages')).toBe(0);
    expect(value('hookpulse_consumer_paused', CONSUMER)).toBe(0);
    expect(value('hookpulse_ready', { check: 'log' })).toBe(1);
    expect(value('hookpulse_ready', { check: 'store' })).toBe(1);
    const acknowledged = { outcome: 'acknowledged' };
    expect(value('hookpulse_log_publish_duration_seconds_count', acknowledged)).toBeGreaterThan(0);
  });

  test('count the time-outs that were announced', async () => {
    const url = await startAggregator();
    await log.publish([
      message(1, { bot_id: 'reports', event_type: 'processed', update_id: 1 }),
      message(2, { bot_id: 'reports', update_id: 2 }),
    ]);
    await untilScraped(
      'both to be counted',
      url,
      ({ value }) => value('hookpulse_events_counted_total') === 2,
    );
    clock.aheadMs = 60_000;
    const { value } = await untilScraped(
      'the time-out to be counted',
      url,
      (seen) => seen.value('hookpulse_events_counted_total') === 3,
    );
    expect(value('hookpulse_timeouts_announced_total')).toBeGreaterThan(0);
  });

  test('show the lag growing while the store takes nothing, and falling afterwards', async () => {
    const url = await startAggregator();
    await untilScraped('all partitions', url, (seen) => assignedPartitions(seen) === PARTITIONS);
    store.state = 'full';
    // More than a flush that hangs, what waits for the next one, and a batch of each partition.
    const count = 80_000;
    await log.publish(messages(count));
    const held = await untilScraped(
      'consumption to wait',
      url,
      (seen) => seen.value('hookpulse_consumer_paused', CONSUMER) === 1 && totalLag(seen) > 0,
    );
    expect(held.value('hookpulse_flush_pending_events')).toBeGreaterThan(0);
    await untilScraped(
      'storing to fail',
      url,
      ({ value }) => (value('hookpulse_flush_failures_total') ?? 0) > 0,
    );
    clock.aheadMs = 6_000;
    expect(await readiness(url)).toEqual({
      statusCode: 503,
      body: {
        status: 'error',
        error: 'Not ready: store.',
        details: [
          {
            field: 'store',
            message: expect.stringMatching(/^fails to store, since \d{4}-.*Z$/),
          },
        ],
      },
    });
    expect((await scrape(url)).value('hookpulse_ready', { check: 'store' })).toBe(0);

    store.state = 'up';
    const { value } = await untilScraped(
      'everything to be stored',
      url,
      (seen) => totalLag(seen) === 0 && seen.value('hookpulse_flush_pending_events') === 0,
    );
    expect(value('hookpulse_events_counted_total')).toBe(count);
    expect(value('hookpulse_consumer_paused', CONSUMER)).toBe(0);
    expect(value('hookpulse_ready', { check: 'store' })).toBe(1);
    expect((await readiness(url)).statusCode).toBe(200);
  });

  test('are there while the log does not say its lag', async () => {
    const url = await startAggregator(
      withConsume(async (options) =>
        changed(await log.consume(options), { lag: () => new Promise(() => {}) }),
      ),
    );
    const { families, value } = await scrape(url);
    const lag = families.find(({ name }) => name === 'hookpulse_consumer_lag_messages');
    expect(lag).toMatchObject({ samples: [] });
    expect(value('hookpulse_events_counted_total')).toBe(0);
  });
});

describe('the aggregator', () => {
  test('is not ready while partitions wait for a store that is away, and is when it is back', async () => {
    store.state = 'down';
    const url = await startAggregator();
    const waiting = await scrape(url);
    expect(assignedPartitions(waiting)).toBe(0);
    expect(waiting.value('hookpulse_ready', { check: 'store' })).toBe(0);
    expect(await readiness(url)).toMatchObject({
      statusCode: 503,
      body: { error: 'Not ready: store.' },
    });
    store.state = 'up';
    await untilScraped('all partitions', url, (seen) => assignedPartitions(seen) === PARTITIONS);
    expect((await readiness(url)).statusCode).toBe(200);
  });

  test('is not ready while a flush does not end', async () => {
    const url = await startAggregator();
    await untilScraped('all partitions', url, (seen) => assignedPartitions(seen) === PARTITIONS);
    store.state = 'stuck';
    await log.publish(messages(1));
    await until('the flush to hang', async () => {
      clock.aheadMs += 11_000;
      const { statusCode, body } = await readiness(url);
      return statusCode === 503 && /does not finish/.test(JSON.stringify(body));
    });
    store.state = 'up';
    await until('the flush to end', async () => (await readiness(url)).statusCode === 200);
  });

  test('is not ready while it is no member of its group', async () => {
    let isMember = true;
    const url = await startAggregator(
      withConsume(async (options) =>
        changed(await log.consume(options), { isMember: () => isMember }),
      ),
    );
    expect((await readiness(url)).statusCode).toBe(200);
    isMember = false;
    expect(await readiness(url)).toMatchObject({
      statusCode: 503,
      body: {
        error: 'Not ready: log.',
        details: [{ message: expect.stringContaining('the consumer group is not joined') }],
      },
    });
  });

  test('says what it waits for while it joins', async () => {
    const mayJoin = Promise.withResolvers<void>();
    const port = await freePort();
    const started = startAggregator(
      withConsume(async (options) => {
        await mayJoin.promise;
        return log.consume(options);
      }),
      port,
    );
    await until('the probes', async () => {
      const { statusCode, body } = await readiness(`http://127.0.0.1:${port}`);
      return statusCode === 503 && /not joined/.test(JSON.stringify(body));
    });
    mayJoin.resolve();
    expect((await readiness(await started)).statusCode).toBe(200);
  });

  test('gives its address back when the group cannot be joined', async () => {
    const port = await freePort();
    const refusing = withConsume(() => Promise.reject(new LogUnavailableError('gone')));
    await expect(startAggregator(refusing, port)).rejects.toThrow('gone');
    await startAggregator(log, port);
  });
});

function lastFlush(value: Scraped['value']): number {
  return value('hookpulse_flush_last_success_timestamp_seconds') ?? 0;
}
