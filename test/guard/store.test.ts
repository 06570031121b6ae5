/** How often the store is asked for an answer and for a flush, and that once more is noticed. */
import { createClickHouseAggregateStore } from '@hookpulse/aggregator/store/clickhouse-aggregate-store';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import {
  addEvent,
  emptyWindow,
  SLICE_MS,
  snapshotWindow,
  windowStart,
} from '@hookpulse/common/windows/window';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '@hookpulse/query-api/testing/open-test-query-api';
import { jsonSender } from '@hookpulse/query-api/testing/send-json';
import { storeEvents } from '@hookpulse/query-api/testing/store-events';
import { storeRawEvents } from '@hookpulse/query-api/testing/store-raw-events';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BoundName, type Counts, overBounds } from './bounds.ts';
import { countClickHouse } from './counted.ts';
import { askingFirst } from './worsened.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:05.000Z');
/** Several, so that a query a bot is noticed. */
const BOTS = Array.from({ length: 20 }, (_, nth) => `bot-${nth}`);
const PARTITIONS = 12;

const PATHS = {
  'queries per answer: health of a bot': '/api/health/webhook/bot-0/',
  'queries per answer: health of the fleet': '/api/health/webhook/',
  'queries per answer: health of the fleet with trends': '/api/health/webhook/?trends=true',
  'queries per answer: events': '/api/events',
  'queries per answer: events of a bot': '/api/events?bot_id=bot-0',
  'queries per answer: errors': '/api/errors',
  'queries per answer: metrics of a bot': '/api/metrics/hourly?bot_id=bot-0',
} as const satisfies Partial<Record<BoundName, string>>;

let api: TestQueryApi;

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  for (const bot of BOTS) await api.registry.put(testBot(bot));
  const events = BOTS.flatMap((bot_id) => [eventOf(bot_id, 1), eventOf(bot_id, 9)]);
  await storeEvents(api.clickhouse, events);
  await storeRawEvents(api.clickhouse, events);
});
afterAll(() => api?.close());

function eventOf(bot_id: string, minutesAgo: number) {
  return sampleEvent({
    bot_id,
    event_type: 'error',
    status: 'failed',
    error_type: 'ValueError',
    timestamp: new Date(NOW_MS - minutesAgo * MINUTE_MS).toISOString(),
  });
}

describe('the store is asked', () => {
  /** Of an app that has answered once: what is learnt at a start is known. */
  async function queriesOf(clickhouse: ClickHouseClient): Promise<Counts> {
    const { client, counts } = countClickHouse(clickhouse);
    const send = jsonSender(api.openApp({}, { clickhouse: client }), TEST_TOKENS.admin);
    const found: Record<string, number> = {};
    for (const [name, path] of Object.entries(PATHS)) {
      expect(await send('GET', path)).toMatchObject({ statusCode: 200 });
      // Answers to requests of one moment are shared.
      api.clock.nowMs += SECOND_MS;
      counts.queries = 0;
      await send('GET', path);
      found[name] = counts.queries;
    }
    return found;
  }

  test('a few times an answer, however many bots there are', async () => {
    const counts = await queriesOf(api.clickhouse);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
    expect(overBounds(counts)).toEqual([]);
  });

  test('and no more often in secret: a look before each query is noticed', async () => {
    // Outside of what counts, it would be invisible.
    const { client, counts } = countClickHouse(api.clickhouse);
    const app = api.openApp({}, { clickhouse: askingFirst(client) });
    const send = jsonSender(app, TEST_TOKENS.admin);
    for (const [name, path] of Object.entries(PATHS)) {
      await send('GET', path);
      api.clock.nowMs += SECOND_MS;
      counts.queries = 0;
      await send('GET', path);
      expect(overBounds({ [name]: counts.queries })).toHaveLength(1);
    }
  });
});

describe('a flush', () => {
  /** @param apart - each partition by itself */
  async function insertsOf(apart: boolean): Promise<Counts> {
    const { client, counts } = countClickHouse(api.clickhouse);
    const store = createClickHouseAggregateStore(client);
    const changes = Array.from({ length: PARTITIONS }, (_, partition) => changesOf(partition));
    if (apart) for (const one of changes) await store.save([one]);
    else await store.save(changes);
    return { 'inserts per flush': counts.inserts };
  }

  function changesOf(partition: number) {
    const event = eventOf('bot-0', 1);
    const eventTimeMs = Date.parse(event.timestamp);
    const window = emptyWindow();
    addEvent(window, event, eventTimeMs);
    const state = (sizeMs: number) => ({
      botId: event.bot_id,
      startMs: windowStart(eventTimeMs, sizeMs),
      window: snapshotWindow(window),
    });
    return {
      position: {
        partition,
        epoch: 0,
        nextOffset: 1n,
        last: { offset: 0n, logTimeMs: eventTimeMs, fingerprint: 'x' },
      },
      events: [{ offset: 0n, logTimeMs: eventTimeMs, event, eventTimeMs }],
      hours: [state(HOUR_MS)],
      slices: [state(SLICE_MS)],
    };
  }

  test('is an insert a table, of all partitions together', async () => {
    expect(overBounds(await insertsOf(false))).toEqual([]);
  });

  test('that stores each partition by itself is noticed', async () => {
    expect(overBounds(await insertsOf(true))).toHaveLength(1);
  });
});
