/** What is sent to a replicated cluster. No cluster runs here: the SQL is checked, not the servers. */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { onCluster, tableOf } from './cluster.ts';
import { FILL_ERRORS } from './fill-errors.ts';
import { FILL_EVENTS_BY_TIME } from './fill-events-by-time.ts';
import { migrate, readMigrations } from './migrate.ts';
import { type ClickHouseClient, openClickHouse } from './open-client.ts';
import { StoreRefusedError } from './store-errors.ts';
import {
  formatSql,
  openTestClickHouse,
  type TestClickHouse,
} from './testing/open-test-clickhouse.ts';
import {
  type RecordingClickHouse,
  startRecordingClickHouse,
} from './testing/recording-clickhouse.ts';

const CLUSTER = 'three-replicas';
const RETENTION = { retentionDays: 7 };
const logger = silentLogger;

describe('a statement of a migration', () => {
  test('goes to all servers, and its table is replicated with the parameters that it had', () => {
    const statement = `-- Said ABOUT the table: ENGINE = ReplacingMergeTree and CREATE TABLE.
CREATE TABLE IF NOT EXISTS webhook_metrics
(
    next_offset UInt64
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY next_offset`;
    expect(
      onCluster(statement, CLUSTER),
    ).toBe(`-- Said ABOUT the table: ENGINE = ReplacingMergeTree and CREATE TABLE.
CREATE TABLE IF NOT EXISTS webhook_metrics ON CLUSTER 'three-replicas'
(
    next_offset UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_metrics', '{replica}', next_offset)
ORDER BY next_offset`);
  });

  test('that changes a table goes to all servers', () => {
    expect(onCluster('ALTER TABLE webhook_events\nMODIFY TTL x', CLUSTER)).toBe(
      "ALTER TABLE webhook_events ON CLUSTER 'three-replicas'\nMODIFY TTL x",
    );
  });

  test('that adds columns adds what a server that joins later creates, in the same order', async () => {
    const statements = (await readMigrations(RETENTION.retentionDays)).map((one) => one.statement);
    const added = new Map<string, string[]>();
    for (const statement of statements) {
      const columns = statement.matchAll(/ADD COLUMN IF NOT EXISTS (.+?),?$/gm);
      for (const [, column = ''] of columns) {
        const table = tableOf(statement);
        added.set(table, [...(added.get(table) ?? []), column]);
      }
    }
    expect([...added.keys()]).toContain('webhook_alerts');
    for (const [table, columns] of added) {
      const created = statements.find((one) => one.includes(`TABLE IF NOT EXISTS ${table}\n`));
      const lines = created?.matchAll(/^ {4}([a-z]\w* .+?),?$/gm) ?? [];
      const all = [...lines].map(([, column = '']) => column.replace(/ +/g, ' '));
      expect(all.slice(-columns.length)).toEqual(columns);
    }
  });

  test('that does neither is not let through', () => {
    expect(() => tableOf('DROP TABLE webhook_events')).toThrow();
  });
});

let embedded: TestClickHouse;
beforeAll(async () => {
  embedded = await openTestClickHouse();
});
afterAll(() => embedded.close());

const formatted = (statement: string) => formatSql(embedded, statement);

test('every migration is SQL that ClickHouse parses, for one server and for a cluster', async () => {
  for (const { statement } of await readMigrations(RETENTION.retentionDays)) {
    const table = tableOf(statement);
    if (statement.includes('MATERIALIZED VIEW')) {
      const start = `CREATE MATERIALIZED VIEW IF NOT EXISTS ${table}`;
      expect(await formatted(statement)).toMatch(new RegExp(`^${start} TO \\w+ AS SELECT`));
      expect(await formatted(onCluster(statement, CLUSTER))).toMatch(
        new RegExp(`^${start} ON CLUSTER .?${CLUSTER}.? TO \\w+ AS SELECT`),
      );
      continue;
    }
    if (statement.includes('ALTER TABLE')) {
      expect(await formatted(statement)).toMatch(
        new RegExp(`^ALTER TABLE ${table} \\((ADD|MODIFY) `),
      );
      expect(await formatted(onCluster(statement, CLUSTER))).toMatch(
        new RegExp(`^ALTER TABLE ${table} ON CLUSTER .?${CLUSTER}.? \\((ADD|MODIFY) `),
      );
      continue;
    }
    expect(await formatted(statement)).toMatch(
      new RegExp(`^CREATE TABLE IF NOT EXISTS ${table} \\(.* ENGINE = \\w*MergeTree`),
    );
    expect(await formatted(onCluster(statement, CLUSTER))).toMatch(
      new RegExp(
        `^CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER .?${CLUSTER}.? \\(.* ENGINE = Replicated\\w*MergeTree\\('/clickhouse/tables/{shard}/{database}/${table}', '{replica}'`,
      ),
    );
  }
});

/** Others change what these have made. */
async function migrationsThatCreate() {
  const migrations = await readMigrations(RETENTION.retentionDays);
  return migrations.filter(({ statement }) => /^CREATE /m.test(statement));
}

describe('a store that is a cluster', () => {
  let server: RecordingClickHouse;
  let client: ClickHouseClient;
  /** What the server has: its answers. */
  let shards: number;
  let tables: { name: string; engine: string; sql: string }[];
  let versions: number[];

  beforeEach(async () => {
    [shards, tables, versions] = [1, [], []];
    server = await startRecordingClickHouse((sql) => {
      if (sql.includes('system.clusters')) return [{ shards }];
      if (sql.includes('system.tables')) return tables;
      if (sql.includes('FROM hookpulse_migrations'))
        return versions.map((version) => ({ version }));
      return [];
    });
    client = await openClickHouse({ url: server.url, dataDir: '', cluster: CLUSTER });
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const upgrade = () => migrate(client, { ...RETENTION, cluster: CLUSTER }, logger);
  const sent = (start: string) => server.statements.filter(({ sql }) => sql.startsWith(start));
  /** The server after a migration. */
  async function fillServer(): Promise<void> {
    const migrations = await readMigrations(RETENTION.retentionDays);
    versions = [...migrations, FILL_EVENTS_BY_TIME, FILL_ERRORS].map(({ version }) => version);
    const names = [
      'hookpulse_migrations',
      ...migrations.map(({ statement }) => tableOf(statement)),
    ];
    tables = names.map((name) => ({
      name,
      engine: /^webhook_events_to_/.test(name)
        ? 'MaterializedView'
        : 'ReplicatedReplacingMergeTree',
      sql: '… toIntervalDay(7)',
    }));
  }

  test('is given every table on all servers', async () => {
    await upgrade();
    const statements = server.statements.map(({ sql }) => sql);
    const made = statements.filter((sql) => /^CREATE /m.test(sql));
    expect(made).toHaveLength(1 + (await migrationsThatCreate()).length);
    for (const sql of made) {
      expect(sql).toContain(`ON CLUSTER '${CLUSTER}'`);
      expect(await formatted(sql)).toMatch(
        / ENGINE = Replicated| TO webhook_(events_by_time|errors) /,
      );
    }
  });

  test('acknowledges what most of its servers have, with every statement', async () => {
    await upgrade();
    const inserts = sent('INSERT INTO hookpulse_migrations');
    expect(inserts.length).toBeGreaterThan(0);
    for (const { settings } of server.statements) {
      expect(settings).toMatchObject({
        insert_quorum: 'auto',
        insert_quorum_parallel: '1',
        insert_deduplicate: '0',
      });
    }
  });

  test('is sent nothing for all servers when nothing is missing', async () => {
    await fillServer();
    await upgrade();
    expect(server.statements.filter(({ sql }) => sql.includes('ON CLUSTER'))).toEqual([]);
    expect(sent('INSERT')).toEqual([]);
  });

  test('that a server joined without tables is given them, though the record says so', async () => {
    await fillServer();
    tables = [];
    await upgrade();
    const made = server.statements.filter(({ sql }) => /^CREATE /m.test(sql));
    expect(made).toHaveLength(1 + (await migrationsThatCreate()).length);
  });

  test('changes the retention on all servers', async () => {
    await fillServer();
    await migrate(client, { retentionDays: 3, cluster: CLUSTER }, logger);
    const changes = server.statements.filter(({ sql }) => sql.startsWith('ALTER'));
    const tables = ['webhook_events', 'webhook_events_by_time', 'webhook_errors'];
    for (const [at, table] of tables.entries()) {
      const sql = changes[at]?.sql ?? '';
      expect(sql).toContain(`ALTER TABLE ${table} ON CLUSTER '${CLUSTER}'`);
      expect(await formatted(sql)).toMatch(/^ALTER TABLE \w+ ON CLUSTER .*MODIFY TTL/);
    }
    expect(changes).toHaveLength(tables.length);
  });

  test('and is unknown to the server is refused', async () => {
    shards = 0;
    await expect(upgrade()).rejects.toThrow(StoreRefusedError);
    await expect(upgrade()).rejects.toThrow(/CLICKHOUSE_CLUSTER/);
  });

  test('and has several shards is refused: each would hold a part of the rows', async () => {
    shards = 2;
    await expect(upgrade()).rejects.toThrow(/2 shards/);
    expect(server.statements.every(({ sql }) => sql.includes('system.clusters'))).toBe(true);
  });

  test('whose tables are not replicated is refused, before anything is changed', async () => {
    await fillServer();
    tables = tables
      .filter(({ engine }) => engine !== 'MaterializedView')
      .map((table) => ({ ...table, engine: 'ReplacingMergeTree' }));
    await expect(upgrade()).rejects.toThrow(/not replicated: hookpulse_migrations, webhook_events/);
    expect(server.statements.filter(({ sql }) => !sql.startsWith('SELECT'))).toEqual([]);
  });
});

test('one server is sent neither ON CLUSTER nor a quorum', async () => {
  const server = await startRecordingClickHouse(() => []);
  const client = await openClickHouse({ url: server.url, dataDir: '' });
  await migrate(client, RETENTION, logger);
  await client.close();
  await server.close();
  expect(server.statements.length).toBeGreaterThan(5);
  for (const { sql, settings } of server.statements) {
    expect(sql).not.toMatch(/ON CLUSTER|Replicated/);
    expect(settings).not.toHaveProperty('insert_quorum');
  }
});
