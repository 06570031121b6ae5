import { errorFingerprint } from '@hookpulse/common/events/error-fingerprint';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../test/setup/requirements.ts';
import { migrate } from './migrate.ts';
import { openTestClickHouse, type TestClickHouse } from './testing/open-test-clickhouse.ts';

const logger = silentLogger;
describeWithClickHouse('migrations', (serverUrl) => {
  let store: TestClickHouse;

  beforeAll(async () => {
    store = await openTestClickHouse({ serverUrl });
  });
  afterAll(() => store?.close());

  async function select<T>(query: string): Promise<T[]> {
    return (await store.client.query({ query, format: 'JSONEachRow' })).json<T>();
  }

  test('applies every numbered file once', async () => {
    await migrate(store.client, { retentionDays: 7 }, logger);
    const rows = await select<{ version: number }>(
      'SELECT version FROM hookpulse_migrations ORDER BY version',
    );
    expect(rows.map((row) => row.version)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
    ]);
  });

  test('a table of before gets the time of the log, and keeps its rows', async () => {
    await store.client.command({
      query: 'ALTER TABLE webhook_events DROP INDEX by_log_time, DROP COLUMN log_time',
    });
    await storeDays(1);
    await store.client.command({
      query: 'ALTER TABLE hookpulse_migrations DELETE WHERE version = 10',
      clickhouse_settings: { mutations_sync: '1' },
    });
    await migrate(store.client, { retentionDays: 7 }, logger);
    expect(await select('SELECT bot_id, log_time FROM webhook_events')).toEqual([
      { bot_id: 'a', log_time: null },
    ]);
    await store.client.command({ query: 'TRUNCATE TABLE webhook_events' });
    await store.client.command({ query: 'TRUNCATE TABLE webhook_events_by_time' });
  });

  const COLUMNS = 'event_id, bot_id, event_type, status, timestamp';
  /** An event for each of so many days, the first a minute ago. */
  const storeDays = (days: number) =>
    store.client.command({
      query: `INSERT INTO webhook_events (${COLUMNS})
        SELECT generateUUIDv4(), 'a', 'received', 'success', now64(3) - number * 86400 - 60
        FROM numbers(${days})`,
    });
  const counts = async () => {
    const [row] = await select<{ raw: number; by_time: number; hours: number }>(
      `SELECT (SELECT count() FROM webhook_events FINAL) AS raw,
        (SELECT count() FROM webhook_events_by_time FINAL) AS by_time,
        (SELECT count() FROM webhook_metrics FINAL) AS hours`,
    );
    return row;
  };

  test('raw events are there by time as well, also those of before', async () => {
    await store.client.command({ query: 'DROP VIEW webhook_events_to_time' });
    await storeDays(2);
    expect(await counts()).toMatchObject({ raw: 2, by_time: 0 });
    await store.client.command({
      query: 'ALTER TABLE hookpulse_migrations DELETE WHERE version IN (8, 9)',
      clickhouse_settings: { mutations_sync: '1' },
    });
    await migrate(store.client, { retentionDays: 7 }, logger);
    expect(await counts()).toMatchObject({ raw: 2, by_time: 2 });
    await store.client.command({ query: 'TRUNCATE TABLE webhook_events' });
    await store.client.command({ query: 'TRUNCATE TABLE webhook_events_by_time' });
  });

  test('errors are there by group as well, also those of before', async () => {
    await store.client.command({ query: 'DROP VIEW webhook_events_to_errors' });
    await storeDays(2);
    await store.client.command({
      query: `INSERT INTO webhook_events (${COLUMNS}, error_type, error_message)
        SELECT generateUUIDv4(), 'a', 'error', 'failed', now64(3) - number % 2 * 86400 - 60, 'ValueError',
          concat('no order ', toString(number)) FROM numbers(12001)`,
    });
    await store.client.command({
      query: 'ALTER TABLE hookpulse_migrations DELETE WHERE version IN (14, 15)',
      clickhouse_settings: { mutations_sync: '1' },
    });
    await migrate(store.client, { retentionDays: 7 }, logger);
    const errors = () =>
      select<{ fingerprint: string; count: number }>(
        `SELECT error_fingerprint AS fingerprint, count() AS count FROM webhook_errors FINAL
         GROUP BY fingerprint ORDER BY count DESC`,
      );
    const order = { error_type: 'ValueError', error_message: 'no order 7' };
    expect(await errors()).toEqual([{ fingerprint: errorFingerprint(order), count: 12_001 }]);
    // What a version of before stores beside this one has none: its type tells it apart.
    await store.client.command({
      query: `INSERT INTO webhook_events (${COLUMNS}, error_type)
        SELECT generateUUIDv4(), 'a', 'error', 'failed', now64(3), 'KeyError'`,
    });
    expect((await errors())[1]).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      count: 1,
    });
    for (const table of ['webhook_events', 'webhook_events_by_time', 'webhook_errors']) {
      await store.client.command({ query: `TRUNCATE TABLE ${table}` });
    }
  });

  test('a changed retention takes effect at the next start', async () => {
    await storeDays(6);
    await store.client.command({
      query: `INSERT INTO webhook_metrics (bot_id, date, hour)
        SELECT 'a', today() - number * 10, 3 FROM numbers(6)`,
    });
    expect(await counts()).toEqual({ raw: 6, by_time: 6, hours: 6 });
    await migrate(store.client, { retentionDays: 3, metricsRetentionDays: 25 }, logger);
    await until('what is too old to be deleted', async () => {
      const kept = await counts();
      return kept?.raw === 3 && kept.by_time === 3 && kept.hours === 3;
    });
  });

  test('a retention of hours that is no longer set keeps them', async () => {
    const ttl = async (name: string) => {
      const [table] = await select<{ ttl: string }>(
        `SELECT extract(create_table_query, 'toIntervalDay.[0-9]+.') AS ttl FROM system.tables
         WHERE database = currentDatabase() AND name = '${name}'`,
      );
      return table?.ttl;
    };
    expect(await ttl('webhook_metrics')).toBe('toIntervalDay(25)');
    await migrate(store.client, { retentionDays: 5 }, logger);
    expect(await ttl('webhook_metrics')).toBe('');
    expect(await ttl('webhook_events')).toBe('toIntervalDay(5)');
    expect(await ttl('webhook_events_by_time')).toBe('toIntervalDay(5)');
  });
});
