/** The SQL for several shards. No cluster runs here: ClickHouse's parser reads it, no server runs it. */
import { readFile } from 'node:fs/promises';
import { ALERT_TABLES, RAW_TABLES, WINDOW_TABLES } from '@hookpulse/query-api/retention/bot-rows';
import { tableOf } from '@hookpulse/store/cluster';
import { readMigrations } from '@hookpulse/store/migrate';
import {
  formatSql,
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { altered, shardStatements, shardsSql } from './shards-sql.ts';

const FOLDER = new URL('../../deploy/clickhouse/', import.meta.url);

let embedded: TestClickHouse;
beforeAll(async () => {
  embedded = await openTestClickHouse();
});
afterAll(() => embedded?.close());

const formatted = (statement: string) => formatSql(embedded, statement);

test('the committed file matches the migrations', async () => {
  // Otherwise: npm run clickhouse-shards
  expect(await readFile(new URL('shards.sql', FOLDER), 'utf8')).toBe(await shardsSql());
});

test('every table is replicated on each shard, and Distributed by bot under its own name', async () => {
  const sql = await Promise.all((await shardStatements()).map(formatted));
  const migrations = await readMigrations(7);
  const tables = migrations.filter(({ statement }) => /^CREATE TABLE /m.test(statement));
  expect(tables.length).toBeGreaterThan(5);
  for (const { statement } of tables) {
    const table = tableOf(statement);
    expect(sql).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^CREATE TABLE IF NOT EXISTS ${table}_local ON CLUSTER .* ENGINE = Replicated\\w*MergeTree\\('/clickhouse/tables/{shard}/{database}/${table}_local', '{replica}'`,
        ),
      ),
    );
    const key = table === 'webhook_positions' ? 'log_partition' : 'cityHash64\\(bot_id\\)';
    expect(sql).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER .* AS ${table}_local ENGINE = Distributed\\('hookpulse', currentDatabase\\(\\), ${table}_local, ${key}\\)$`,
        ),
      ),
    );
  }
});

test('views fill tables of their own shard', async () => {
  const views = (await shardStatements()).filter((one) => one.includes('MATERIALIZED VIEW'));
  expect(views.length).toBe(2);
  for (const view of views) {
    expect(await formatted(view)).toMatch(
      /ON CLUSTER .* TO webhook_\w+_local AS .* FROM webhook_events_local/,
    );
  }
});

/** The statements for shards beside those that create tables. */
async function workStatements(): Promise<string[]> {
  const text = await readFile(new URL('shards-work.sql', FOLDER), 'utf8');
  return text.split(/;\n/).filter((one) => one.trim() !== '');
}

test('whatever else is sent to shards is SQL of tables that are there', async () => {
  const statements = await workStatements();
  expect(statements.length).toBeGreaterThan(8);
  const made = new Set(
    (await shardStatements()).flatMap((one) => one.match(/\bwebhook_\w+/g) ?? []),
  );
  for (const statement of statements) {
    const sql = await formatted(statement);
    expect(sql).not.toBe('');
    for (const name of sql.match(/\bwebhook_\w+/g) ?? []) expect(made).toContain(name);
  }
});

test('erasing and the retention have a statement for each table', async () => {
  const sql = await Promise.all((await workStatements()).map(formatted));
  const tablesOf = (statement: RegExp) =>
    sql.flatMap((one) => statement.exec(one)?.[1] ?? []).toSorted();
  const onShards = (tables: readonly string[]) => tables.map((table) => `${table}_local`);
  const raw = onShards(RAW_TABLES);
  const all = onShards([...RAW_TABLES, ...WINDOW_TABLES, ...ALERT_TABLES]);
  expect(tablesOf(/^DELETE FROM (\w+) ON CLUSTER \S+ WHERE bot_id = /)).toEqual(all.toSorted());
  expect(tablesOf(/^ALTER TABLE (\w+) ON CLUSTER .*APPLY DELETED MASK/)).toEqual(all.toSorted());
  expect(tablesOf(/^ALTER TABLE (\w+) ON CLUSTER .*DROP PARTITION/)).toEqual(raw.toSorted());
  expect(tablesOf(/^ALTER TABLE (\w+) ON CLUSTER .*MODIFY TTL/)).toEqual(
    [...raw, 'webhook_metrics_local'].toSorted(),
  );
});

test('hours before the first whole one are copied to more shards, and no others', async () => {
  const condition = / WHERE (.*first_whole_hour.*?)(?: SETTINGS .*)?$/;
  const statements = (await Promise.all((await workStatements()).map(formatted))).filter((one) =>
    condition.test(one),
  );
  expect(statements).toEqual([
    expect.stringMatching(/^DELETE FROM webhook_metrics_local /),
    expect.stringMatching(/^INSERT INTO webhook_metrics /),
  ]);
  for (const statement of statements) {
    const result = await embedded.client.query({
      query: `SELECT groupArray(toString(date) || ' ' || toString(hour)) AS hours
        FROM (
          SELECT toDate('2026-02-10') + intDiv(number, 24) AS date, toUInt8(number % 24) AS hour
          FROM numbers(22, 5)
        )
        WHERE ${condition.exec(statement)?.[1]}`,
      query_params: { first_whole_hour: '2026-02-11 01:00:00' },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([
      { hours: ['2026-02-10 22', '2026-02-10 23', '2026-02-11 0'] },
    ]);
  }
});

describe('an alteration', () => {
  const events = `CREATE TABLE IF NOT EXISTS webhook_events
(
    bot_id   String,
    log_time Nullable(DateTime64(3, 'UTC')),
    INDEX by_log_time log_time TYPE minmax GRANULARITY 1
)`;
  const slices = `CREATE TABLE IF NOT EXISTS webhook_slices
(
    start DateTime('UTC')
)
ORDER BY start
TTL start + INTERVAL 3 HOUR
SETTINGS ttl_only_drop_parts = 1`;
  const made = [events, slices];

  test.each([
    ["ADD COLUMN IF NOT EXISTS log_time Nullable(DateTime64(3, 'UTC'))", null],
    [
      `ADD COLUMN IF NOT EXISTS log_time Nullable(DateTime64(3, 'UTC')),
    ADD INDEX IF NOT EXISTS by_log_time log_time TYPE minmax GRANULARITY 1`,
      null,
    ],
    ['ADD COLUMN IF NOT EXISTS missing String', 'made without missing String'],
    ['ADD COLUMN IF NOT EXISTS log_time String', 'made without log_time String'],
    ['ADD INDEX IF NOT EXISTS by_log_time bot_id TYPE minmax', 'made without by_log_time'],
    ['MODIFY COLUMN bot_id LowCardinality(String)', 'not known here: MODIFY COLUMN'],
    ['DROP COLUMN bot_id', 'not known here: DROP COLUMN'],
    ['ADD PROJECTION p (SELECT bot_id)', 'not known here: ADD PROJECTION'],
    ['MODIFY TTL log_time + INTERVAL 1 DAY', 'made without a TTL: MODIFY TTL'],
    [
      `ADD COLUMN IF NOT EXISTS log_time Nullable(DateTime64(3, 'UTC')),
    RENAME COLUMN bot_id TO bot`,
      'not known here: RENAME COLUMN',
    ],
  ])('%s', (clauses, problem) => {
    const alter = () => altered(made, `-- Why.\nALTER TABLE webhook_events\n    ${clauses}`);
    if (problem === null) expect(alter()).toEqual(made);
    else expect(alter).toThrow(problem);
  });

  test('of a TTL replaces the one with which the table is made', () => {
    expect(
      altered(made, 'ALTER TABLE webhook_slices\n    MODIFY TTL start + INTERVAL 27 HOUR'),
    ).toEqual([events, slices.replace('3 HOUR', '27 HOUR')]);
  });
});
