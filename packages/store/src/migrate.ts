/** Brings the stored tables up to date: numbered SQL files, each applied once, in order. */
import { readdir, readFile } from 'node:fs/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { Count } from '@hookpulse/common/values/count';
import Type from 'typebox';
import { assertUsableCluster, onCluster, tableOf } from './cluster.ts';
import { FILL_ERRORS, fillErrors } from './fill-errors.ts';
import { FILL_EVENTS_BY_TIME, fillEventsByTime } from './fill-events-by-time.ts';
import { insertRows } from './insert-rows.ts';
import type { ClickHouseClient } from './open-client.ts';
import { retentionChanges } from './retention.ts';
import { queryRows, type RowOfShape, rowShape } from './select-rows.ts';
import { StoreRefusedError } from './store-errors.ts';
import { defineTable } from './tables/table.ts';

export interface MigrationSettings {
  /** Raw events older than this are deleted, days. */
  readonly retentionDays: number;
  /** Hourly rows older than this are deleted, days. Null, the default: they are kept. */
  readonly metricsRetentionDays?: number | null;
  /** The cluster that replicates the tables. Default: there is one server. */
  readonly cluster?: string | null;
}

const MIGRATIONS_FOLDER = new URL('./migrations/', import.meta.url);
const FILE_NAME = /^(\d{3})_\w+\.sql$/;

const RECORDS = defineTable('hookpulse_migrations', { version: Count, name: Type.String() }, {});
const RECORD_STATEMENT = `CREATE TABLE IF NOT EXISTS ${RECORDS.name}
(
    version    UInt32,
    name       String,
    applied_at DateTime DEFAULT now()
)
ENGINE = ReplacingMergeTree
ORDER BY version`;

/**
 * Applies what is missing. Every file may be applied twice without harm (`IF NOT EXISTS`), so two
 * services that start together need no lock. Nothing missing means no statement that all servers of
 * a cluster have to take part in: services start while one of them is down.
 * @throws ClickHouseError when the store refuses a statement, StoreRefusedError when the cluster is
 *   not one that can hold the tables.
 */
export async function migrate(
  client: ClickHouseClient,
  settings: MigrationSettings,
  logger: Logger,
): Promise<void> {
  const { retentionDays, metricsRetentionDays = null, cluster = null } = settings;
  if (cluster !== null) await assertUsableCluster(client, cluster);
  const run = async (statement: string): Promise<void> => {
    await client.command({ query: cluster === null ? statement : onCluster(statement, cluster) });
  };
  const tables = await existingTables(client);
  if (cluster !== null) assertReplicated(tables);
  if (!tables.has(RECORDS.name)) await run(RECORD_STATEMENT);
  const applied = await appliedVersions(client);
  for (const { version, name, statement } of await readMigrations(retentionDays)) {
    // A server that joined the cluster later has the record by replication, and not the tables.
    if (applied.has(version) && tables.has(tableOf(statement))) continue;
    await run(statement);
    await record(client, { version, name });
    logger.info({ migration: name }, 'migration applied');
  }
  if (!applied.has(FILL_EVENTS_BY_TIME.version)) {
    await fillEventsByTime(client, logger);
    await record(client, FILL_EVENTS_BY_TIME);
  }
  if (!applied.has(FILL_ERRORS.version)) {
    await fillErrors(client, logger);
    await record(client, FILL_ERRORS);
  }
  for (const change of retentionChanges(tables, { retentionDays, metricsRetentionDays })) {
    await run(change);
    logger.info({ retentionDays, metricsRetentionDays }, `retention of ${tableOf(change)} changed`);
  }
}

/** A numbered file: one statement, which may be preceded by comments. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statement: string;
}

/** In the order in which they are applied. */
export async function readMigrations(retentionDays: number): Promise<Migration[]> {
  const files = await migrationFiles();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(new URL(file.name, MIGRATIONS_FOLDER), 'utf8');
      return { ...file, statement: sql.replaceAll('{retention_days}', `${retentionDays}`) };
    }),
  );
}

async function migrationFiles(): Promise<Pick<Migration, 'version' | 'name'>[]> {
  const names = (await readdir(MIGRATIONS_FOLDER)).toSorted();
  return names.map((name) => {
    const match = FILE_NAME.exec(name);
    if (!match) throw new Error(`migration file with an unexpected name: ${name}`);
    return { version: Number(match[1]), name };
  });
}

async function record(
  client: ClickHouseClient,
  { version, name }: Pick<Migration, 'version' | 'name'>,
): Promise<void> {
  await insertRows(client, RECORDS, [{ version, name }]);
}

/** A table of the store as this server has it; `sql`: the statement that would make it. */
const tableShape = rowShape('the tables', {
  name: Type.String(),
  engine: Type.String(),
  sql: Type.String(),
});
type StoredTable = RowOfShape<typeof tableShape>;

async function existingTables(client: ClickHouseClient): Promise<Map<string, StoredTable>> {
  const rows = await queryRows(client, {
    sql: `SELECT name, engine, create_table_query AS sql FROM system.tables
      WHERE database = currentDatabase()`,
    shape: tableShape,
  });
  return new Map(rows.map((table) => [table.name, table]));
}

/** `IF NOT EXISTS` would leave tables of the time before the cluster as they are, on one server. */
function assertReplicated(tables: ReadonlyMap<string, StoredTable>): void {
  const single = [...tables.values()].filter(
    ({ name, engine }) =>
      /^(webhook|hookpulse)_/.test(name) &&
      engine !== 'MaterializedView' &&
      !engine.startsWith('Replicated'),
  );
  if (single.length === 0) return;
  const names = single.map(({ name }) => name).join(', ');
  throw new StoreRefusedError(
    `CLICKHOUSE_CLUSTER is set, and these tables are not replicated: ${names}. Point CLICKHOUSE_URL to an empty database; it is filled from the log`,
  );
}

const versionShape = rowShape('the applied migrations', { version: Count });

/** Numbers of the migrations that the store has had. */
export async function appliedVersions(client: ClickHouseClient): Promise<Set<number>> {
  const rows = await queryRows(client, {
    sql: `SELECT version FROM ${RECORDS.name}`,
    shape: versionShape,
  });
  return new Set(rows.map((row) => row.version));
}
