/**
 * The store on several shards of ClickHouse, as SQL: what the migrations make, once for each shard, and a
 * Distributed table with the name that services use. A bot is on one shard, so that the versions of its
 * rows meet there. It is written to deploy/clickhouse/shards.sql for people to read and to run.
 */
import { onCluster, tableOf } from '@hookpulse/store/cluster';
import { readMigrations } from '@hookpulse/store/migrate';

const CLUSTER = 'hookpulse';
const RETENTION_DAYS = 7;
/** Positions belong to no bot. */
const SHARDING_KEYS: Readonly<Record<string, string>> = { webhook_positions: 'log_partition' };
const BY_BOT = 'cityHash64(bot_id)';
/** Alterations whose result the CREATE of a table must have. */
const ADDITION = /^ADD (COLUMN|INDEX) IF NOT EXISTS (\w+ .+)$/;
/** An alteration that is made to the CREATE of its table. */
const NEW_TTL = /^MODIFY (TTL .+)$/;
const TTL_LINE = /^TTL .+$/m;

const HEADER = `-- Hookpulse's tables on several shards of ClickHouse, each with its replicas. Written by
-- scripts/build-clickhouse-shards.ts from the migrations. ClickHouse's parser has read it, and no cluster
-- has run it: docs/guides/scaling.md says what is missing.
--
-- The cluster is called ${CLUSTER}, with <internal_replication>true</internal_replication> in each shard, so that
-- replicas copy rows and Distributed tables do not. Its servers have the macros shard and replica, and
-- Keeper. Raw events are kept for ${RETENTION_DAYS} days.`;

const PROFILE = `-- Of the user by which services connect. An insert is acknowledged when its shards have it, each with
-- the quorum that services ask for. Subqueries run once and not on every shard. What is asked about one bot
-- goes to its shard alone, and sums by bot are not added up again.
CREATE SETTINGS PROFILE IF NOT EXISTS hookpulse ON CLUSTER '${CLUSTER}' SETTINGS
    distributed_foreground_insert = 1,
    distributed_product_mode = 'global',
    optimize_skip_unused_shards = 1,
    optimize_distributed_group_by_sharding_key = 1`;

/** One statement each, in the order in which they are to run. */
export async function shardStatements(): Promise<string[]> {
  const statements = (await readMigrations(RETENTION_DAYS)).map(({ statement }) => statement);
  const made = statements.filter(isAlteration).reduce(
    altered,
    statements.filter((one) => !isAlteration(one)),
  );
  const tables = made.filter((one) => !isView(one));
  return [
    ...made.map((one) => onCluster(onShard(one, tables), CLUSTER)),
    ...tables.map((one) => distributed(tableOf(one))),
    PROFILE,
  ].map((statement) => statement.trim());
}

/** The file. */
export async function shardsSql(): Promise<string> {
  return [HEADER, ...(await shardStatements()).map((statement) => `${statement};`), ''].join(
    '\n\n',
  );
}

/** The statement about tables of one shard. */
function onShard(statement: string, tables: readonly string[]): string {
  return tables.reduce((sql, table) => {
    const name = tableOf(table);
    // In comments, names stay as they are.
    return sql.replaceAll(new RegExp(`^(?!--)(.*)\\b${name}\\b`, 'gm'), `$1${name}_local`);
  }, statement);
}

function distributed(table: string): string {
  const key = SHARDING_KEYS[table] ?? BY_BOT;
  return `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER '${CLUSTER}' AS ${table}_local
ENGINE = Distributed('${CLUSTER}', currentDatabase(), ${table}_local, ${key})`;
}

function isAlteration(statement: string): boolean {
  return /^ALTER TABLE /m.test(statement);
}

function isView(statement: string): boolean {
  return /^CREATE MATERIALIZED VIEW /m.test(statement);
}

/**
 * New tables are made as old ones become: additions must already be in the CREATE of their table, a TTL
 * is replaced there.
 * @param made - statements that create tables and views
 * @returns the same, with the alteration
 * @throws Error when a table lacks what is added or replaced, or when the alteration does something else
 */
export function altered(made: readonly string[], alteration: string): string[] {
  const table = tableOf(alteration);
  const creation = made.find((one) => tableOf(one) === table) ?? '';
  const changed = clausesOf(alteration).reduce(
    (sql, clause) => withClause(sql, clause, table),
    creation,
  );
  return made.map((one) => (one === creation ? changed : one));
}

function withClause(creation: string, clause: string, table: string): string {
  const ttl = NEW_TTL.exec(clause)?.[1];
  if (ttl) {
    if (!TTL_LINE.test(creation)) throw new Error(`${table} is made without a TTL: ${clause}`);
    return creation.replace(TTL_LINE, () => ttl);
  }
  const [, kind, definition] = ADDITION.exec(clause) ?? [];
  if (!(kind && definition)) {
    throw new Error(`${table} is altered in a way that is not known here: ${clause}`);
  }
  const added = kind === 'INDEX' ? `INDEX ${definition}` : definition;
  if (!creation.split('\n').map(definitionIn).includes(added)) {
    throw new Error(`${table} is made without ${definition}, which is added later`);
  }
  return creation;
}

/** One clause each, without `ALTER TABLE` and its table. */
function clausesOf(statement: string): string[] {
  const withoutComments = statement.replaceAll(/^\s*--.*$/gm, '');
  const [, clauses = ''] = /^\s*ALTER TABLE \w+\s([\s\S]*)$/.exec(withoutComments) ?? [];
  return clauses.split(/,\n/).map(definitionIn);
}

/** With single spaces, and without the comma behind it. */
function definitionIn(line: string): string {
  return line.replaceAll(/\s+/g, ' ').trim().replace(/,$/, '');
}
