import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { emptyWindow, snapshotWindow } from '@hookpulse/common/windows/window';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { createClickHouseAggregateStore } from './clickhouse-aggregate-store.ts';
import { describeAggregateStore } from './testing/aggregate-store-contract.ts';

describeWithClickHouse('the aggregate store in ClickHouse', (serverUrl) => {
  let clickhouse: TestClickHouse;

  beforeAll(async () => {
    clickhouse = await openTestClickHouse({ serverUrl });
  });
  afterAll(() => clickhouse?.close());

  describeAggregateStore('as every store', () => createClickHouseAggregateStore(clickhouse.client));

  async function select<T>(query: string): Promise<T[]> {
    return (await clickhouse.client.query({ query, format: 'JSONEachRow' })).json<T>();
  }

  test('a raw event stored again replaces itself', async () => {
    const [row] = await select<{ rows: number; ids: number }>(
      "SELECT count() AS rows, uniqExact(event_id) AS ids FROM webhook_events FINAL WHERE bot_id = 'bot-of-3'",
    );
    expect(row).toEqual({ rows: 8, ids: 8 });
  });

  test('a raw event keeps the time of the log, whatever its timestamp says', async () => {
    // Of now: the store deletes what is older than the retention.
    const eventTimeMs = Date.now();
    const logTimeMs = eventTimeMs + 1_200_123;
    const timestamp = new Date(eventTimeMs).toISOString();
    const event = sampleEvent({ bot_id: 'slow-clock', timestamp });
    await createClickHouseAggregateStore(clickhouse.client).save([
      {
        position: { partition: 51, epoch: 0, nextOffset: 1n, last: null },
        events: [{ offset: 0n, logTimeMs, event, eventTimeMs }],
        hours: [],
        slices: [],
      },
    ]);
    expect(await select("SELECT log_time FROM webhook_events WHERE bot_id = 'slow-clock'")).toEqual(
      [{ log_time: new Date(logTimeMs).toISOString().replace('T', ' ').replace('Z', '') }],
    );
  });

  test('a digest comes back from ClickHouse as it went in', async () => {
    const store = createClickHouseAggregateStore(clickhouse.client);
    const window = emptyWindow();
    for (let n = 0; n < 100_000; n += 1) window.latency.add(((n * 7_919) % 100_003) / 10);
    const owner = { partition: 50, epoch: 0 };
    await store.save([
      {
        position: { ...owner, nextOffset: 1n, last: null },
        events: [],
        hours: [
          { botId: 'busy', startMs: 0, window: snapshotWindow({ ...window, lastEventMs: 0 }) },
        ],
        slices: [],
      },
    ]);
    const { hours } = await store.loadWindowsSince(owner, { hours: 0, slices: 0 });
    const expected = LatencyDigest.fromBytes(window.latency.toBytes());
    for (const p of [0.5, 0.95, 0.99]) {
      expect(hours[0]?.window.latency.percentile(p)).toBe(expected.percentile(p));
    }
  });
});
