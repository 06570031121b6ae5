/** On a cluster no read of the aggregator comes before the server has caught up with its tables. */

import { emptyWindow, snapshotWindow } from '@hookpulse/common/windows/window';
import { openClickHouse } from '@hookpulse/store/open-client';
import { openTestClickHouse } from '@hookpulse/store/testing/open-test-clickhouse';
import {
  type RecordingClickHouse,
  startRecordingClickHouse,
} from '@hookpulse/store/testing/recording-clickhouse';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AggregateStore } from './aggregate-store.ts';
import { createClickHouseAggregateStore } from './clickhouse-aggregate-store.ts';
import { readSynced } from './replica-sync.ts';

const OWNER = { partition: 3, epoch: 0 };
const HOUR = { botId: 'bot', startMs: 0 };

let server: RecordingClickHouse;
let client: Awaited<ReturnType<typeof openClickHouse>>;
let store: AggregateStore;

beforeEach(async () => {
  server = await startRecordingClickHouse(() => []);
  client = await openClickHouse({ url: server.url, dataDir: '', cluster: 'replicas' });
  store = readSynced(createClickHouseAggregateStore(client), client);
});
afterEach(async () => {
  await client.close();
  await server.close();
});

/** The tables in the order in which they were synced and read: `sync a`, `read a`. */
function course(): string[] {
  return server.statements.map(({ sql }) => {
    const synced = /^SYSTEM SYNC REPLICA (\w+) LIGHTWEIGHT$/.exec(sql)?.[1];
    return synced ? `sync ${synced}` : `read ${/FROM (\w+)/.exec(sql)?.[1]}`;
  });
}

test.each<[string, (of: AggregateStore) => Promise<unknown>, readonly string[]]>([
  ['positions', (of) => of.loadPositions([3]), ['webhook_positions']],
  [
    'windows since a time',
    (of) => of.loadWindowsSince(OWNER, { hours: 0, slices: 0 }),
    ['webhook_metrics', 'webhook_slices'],
  ],
  [
    'windows by key',
    (of) => of.loadWindows(OWNER, { hours: [HOUR], slices: [HOUR] }),
    ['webhook_metrics', 'webhook_slices'],
  ],
  ['reporting bots', (of) => of.loadReportingBots(3, 0), ['webhook_events']],
])('%s', async (_what, load, tables) => {
  await load(store);
  expect(course()).toEqual([
    ...tables.map((table) => `sync ${table}`),
    ...tables.map((table) => `read ${table}`),
  ]);
});

test('inserts are acknowledged by most servers, the position after all else', async () => {
  const window = snapshotWindow({ ...emptyWindow(), lastEventMs: 0 });
  await store.save([
    {
      position: { ...OWNER, nextOffset: 1n, last: null },
      events: [],
      hours: [{ ...HOUR, window }],
      slices: [{ ...HOUR, window }],
    },
  ]);
  const tables = server.statements.map(({ sql }) => /^INSERT INTO (\w+)/.exec(sql)?.[1]);
  expect(tables).toEqual(['webhook_metrics', 'webhook_slices', 'webhook_positions']);
  for (const { settings } of server.statements) expect(settings.insert_quorum).toBe('auto');
});

test('the statement is one that ClickHouse parses', async () => {
  const embedded = await openTestClickHouse();
  try {
    await store.loadPositions([3]);
    const [first] = server.statements;
    const result = await embedded.client.query({
      query: 'SELECT formatQuerySingleLine({statement: String}) AS sql',
      query_params: { statement: first?.sql },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([
      { sql: 'SYSTEM SYNC REPLICA webhook_positions LIGHTWEIGHT' },
    ]);
  } finally {
    await embedded.close();
  }
});
