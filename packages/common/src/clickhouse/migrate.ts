/** Brings the stored tables up to date: numbered SQL files, each applied once, in order. */
import { readdir, readFile } from 'node:fs/promises';
import type { Logger } from '../runtime/logger.ts';
import type { ClickHouseClient } from './open-client.ts';

export interface MigrationSettings {
  /** Raw events older than this are deleted, days. */
  readonly retentionDays: number;
}

const MIGRATIONS_FOLDER = new URL('./migrations/', import.meta.url);
const FILE_NAME = /^(\d{3})_\w+\.sql$/;

/**
 * Applies what is missing. Every file may be applied twice without harm (`IF NOT EXISTS`), so two
 * services that start together need no lock.
 * @throws ClickHouseError when the store refuses a statement.
 */
export async function migrate(
  client: ClickHouseClient,
  settings: MigrationSettings,
  logger: Logger,
): Promise<void> {
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS hookpulse_migrations
      (version UInt32, name String, applied_at DateTime DEFAULT now())
      ENGINE = ReplacingMergeTree ORDER BY version`,
  });
  const applied = await appliedVersions(client);
  for (const { version, name } of await migrationFiles()) {
    if (applied.has(version)) continue;
    const sql = await readFile(new URL(name, MIGRATIONS_FOLDER), 'utf8');
    await client.command({
      query: sql.replaceAll('{retention_days}', `${settings.retentionDays}`),
    });
    await client.insert({
      table: 'hookpulse_migrations',
      columns: ['version', 'name'],
      values: [{ version, name }],
      format: 'JSONEachRow',
    });
    logger.info({ migration: name }, 'migration applied');
  }
  await applyRetention(client, settings.retentionDays, logger);
}

async function migrationFiles(): Promise<{ version: number; name: string }[]> {
  const names = (await readdir(MIGRATIONS_FOLDER)).toSorted();
  return names.map((name) => {
    const match = FILE_NAME.exec(name);
    if (!match) throw new Error(`migration file with an unexpected name: ${name}`);
    return { version: Number(match[1]), name };
  });
}

async function appliedVersions(client: ClickHouseClient): Promise<Set<number>> {
  const result = await client.query({
    query: 'SELECT version FROM hookpulse_migrations',
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ version: number }>();
  return new Set(rows.map((row) => row.version));
}

/** A changed retention takes effect at the next start; merges then drop what is too old. */
async function applyRetention(
  client: ClickHouseClient,
  retentionDays: number,
  logger: Logger,
): Promise<void> {
  const result = await client.query({
    query: `SELECT create_table_query AS sql FROM system.tables
      WHERE database = currentDatabase() AND name = 'webhook_events'`,
    format: 'JSONEachRow',
  });
  const [table] = await result.json<{ sql: string }>();
  if (table?.sql.includes(`toIntervalDay(${retentionDays})`)) return;
  await client.command({
    query: `ALTER TABLE webhook_events
      MODIFY TTL toDateTime(timestamp) + INTERVAL ${retentionDays} DAY
      SETTINGS materialize_ttl_after_modify = 0`,
  });
  logger.info({ retentionDays }, 'retention of raw events changed');
}
