import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { jsonSender } from '../testing/send-json.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const CLEANUP = '/api/admin/cleanup';
/** Four days, the last two of them within a retention of two days, to the second. */
const TIMES = [
  '2026-02-06T12:00:00Z',
  '2026-02-07T12:00:00Z',
  '2026-02-08T19:59:59Z',
  '2026-02-08T20:00:00Z',
  '2026-02-10T19:00:00Z',
];

describeWithClickHouse('POST /api/admin/cleanup', (serverUrl) => {
  let api: TestQueryApi;
  beforeAll(async () => {
    api = await openTestQueryApi(NOW_MS, serverUrl);
  });
  afterAll(() => api?.close());

  beforeEach(async () => {
    for (const table of ['webhook_events', 'webhook_events_by_time', 'webhook_metrics']) {
      await api.clickhouse.command({ query: `TRUNCATE TABLE ${table}` });
    }
    const events = TIMES.map((time) => testEvent(time));
    // Twice, as after a crash: they replace themselves.
    await storeRawEvents(api.clickhouse, events);
    await storeRawEvents(api.clickhouse, events);
    await storeEvents(api.clickhouse, events);
  });

  async function left(table: string): Promise<number> {
    const query = `SELECT toUInt32(count()) AS found FROM ${table} FINAL`;
    const result = await api.clickhouse.query({ query, format: 'JSONEachRow' });
    const [row] = await result.json<{ found: number }>();
    return row?.found ?? 0;
  }
  const allLeft = async () => [
    await left('webhook_events'),
    await left('webhook_events_by_time'),
    await left('webhook_metrics'),
  ];

  test('deletes raw events past the retention, and says how many', async () => {
    const send = jsonSender(api.openApp({ eventRetentionDays: 2 }));
    const answer = {
      dry_run: false,
      raw_events_before: '2026-02-08T20:00:00.000Z',
      raw_events: 3,
      hourly_rows_before: null,
      hourly_rows: 0,
    };
    expect(await send('POST', CLEANUP)).toMatchObject({ statusCode: 200, body: answer });
    expect(await allLeft()).toEqual([2, 2, 5]);
    const again = await send('POST', CLEANUP);
    expect(again.body).toEqual({ ...answer, raw_events: 0 });
  });

  test('deletes older ones only where days are given, and nothing in a dry run', async () => {
    const send = jsonSender(api.openApp());
    const asked = { days: 3, dry_run: true };
    expect((await send('POST', CLEANUP, asked)).body).toMatchObject({
      dry_run: true,
      raw_events: 2,
    });
    expect(await allLeft()).toEqual([5, 5, 5]);
    expect((await send('POST', CLEANUP, { days: 3 })).body.raw_events).toBe(2);
    expect(await allLeft()).toEqual([3, 3, 5]);
  });

  test('deletes nothing where dry_run is in the query', async () => {
    const send = jsonSender(api.openApp({ eventRetentionDays: 2 }));
    for (const body of [undefined, { days: 1 }]) {
      const answer = await send('POST', `${CLEANUP}?dry_run=true`, body);
      expect(answer).toMatchObject({ statusCode: 400, body: { details: [{ field: 'dry_run' }] } });
    }
    expect(await allLeft()).toEqual([5, 5, 5]);
    const { entries } = (await send('GET', '/api/audit?limit=2')).body;
    expect(entries).toMatchObject([
      { route: CLEANUP, status: 400, change: null },
      { route: CLEANUP, status: 400, change: null },
    ]);
  });

  test('deletes hourly rows by their own retention', async () => {
    const send = jsonSender(api.openApp({ metricsRetentionDays: 3 }));
    expect((await send('POST', CLEANUP)).body).toMatchObject({
      raw_events: 0,
      hourly_rows_before: '2026-02-07T20:00:00.000Z',
      hourly_rows: 2,
    });
    expect(await allLeft()).toEqual([5, 5, 3]);
  });

  test.each([{ days: 0 }, { days: 1.5 }, { days: '7' }, { before: 'now' }])(
    'refuses %j',
    async (body) => {
      expect((await jsonSender(api.openApp())('POST', CLEANUP, body)).statusCode).toBe(400);
    },
  );
});
