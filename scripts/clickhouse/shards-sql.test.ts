/** The SQL for several shards. No cluster runs here: ClickHouse's parser reads it, no server runs it. */
import { readFile } from 'node:fs/promises';
import { tableOf } from '@hookpulse/store/cluster';
import { readMigrations } from '@hookpulse/store/migrate';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { shardStatements, shardsSql } from './shards-sql.ts';

const FOLDER = new URL('../../deploy/clickhouse/', import.meta.url);

let embedded: TestClickHouse;
beforeAll(async () => {
  embedded = await openTestClickHouse();
});
afterAll(() => embedded?.close());

/** The statement as ClickHouse's own parser writes it. @throws ClickHouseError for a syntax error */
async function formatted(statement: string): Promise<string> {
  const result = await embedded.client.query({
    query: 'SELECT formatQuerySingleLine({statement: String}) AS sql',
    query_params: { statement },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ sql: string }>();
  return row?.sql ?? '';
}

test('the file in the tree is what the migrations make now', async () => {
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

test('whatever else is sent to shards is SQL of tables that are there', async () => {
  const text = await readFile(new URL('shards-work.sql', FOLDER), 'utf8');
  const statements = text.split(/;\n/).filter((one) => one.trim() !== '');
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
