import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { createLogger } from '../runtime/logger.ts';
import { migrate } from './migrate.ts';
import { openTestClickHouse, type TestClickHouse } from './testing/open-test-clickhouse.ts';

const logger = createLogger('test', 'silent');
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
    expect(rows.map((row) => row.version)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a changed retention takes effect at the next start', async () => {
    await migrate(store.client, { retentionDays: 3 }, logger);
    const [table] = await select<{ sql: string }>(
      "SELECT create_table_query AS sql FROM system.tables WHERE database = currentDatabase() AND name = 'webhook_events'",
    );
    expect(table?.sql).toContain('toIntervalDay(3)');
  });
});
