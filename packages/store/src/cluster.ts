/**
 * What changes when a cluster of ClickHouse servers replicates the tables (`CLICKHOUSE_CLUSTER`):
 * statements go to all servers, engines are the replicated ones, and an insert is stored on most of
 * the servers before it is acknowledged.
 */
import type { ClickHouseSettings } from '@clickhouse/client';
import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from './open-client.ts';
import { queryRows, rowShape } from './select-rows.ts';
import { StoreRefusedError } from './store-errors.ts';

/** Below the 30 s after which the client gives up, so that the server's own reason is what is heard. */
const SERVER_PATIENCE_S = 20;

/** Sent with every query. */
export const CLUSTER_SETTINGS = {
  // Acknowledged is what a majority has. Not one insert after the other (`insert_quorum_parallel`):
  // several aggregators store at once, and ClickHouse would refuse all but one of them.
  insert_quorum: 'auto',
  insert_quorum_parallel: 1,
  insert_quorum_timeout: SERVER_PATIENCE_S * 1_000,
  // A block stored again replaces itself by its sort key. ClickHouse's own memory of blocks can outlive
  // their deletion, and would drop in silence what is stored again after it.
  insert_deduplicate: 0,
  // A server that is down gets the statement when it is back; nobody waits for it for ever.
  distributed_ddl_task_timeout: `${SERVER_PATIENCE_S}`,
  distributed_ddl_output_mode: 'null_status_on_timeout',
} as const satisfies ClickHouseSettings;

const TABLE =
  /^(CREATE TABLE IF NOT EXISTS|CREATE MATERIALIZED VIEW IF NOT EXISTS|ALTER TABLE) (\w+)/m;
const ENGINE = /^ENGINE = (\w*MergeTree)(?:\((.*)\))?$/m;

/** The table or view that a statement makes or changes. @throws Error when it does neither */
export function tableOf(statement: string): string {
  const table = TABLE.exec(statement)?.[2];
  if (table === undefined) throw new Error(`no statement of a migration: ${statement}`);
  return table;
}

/**
 * The statement for all servers of the cluster. The path in Keeper is spelled out, because
 * ClickHouse's default has the table's UUID in it, which a server that joins later would not share;
 * `{shard}` and `{replica}` are macros of the servers' own configuration
 * (https://clickhouse.com/docs/engines/table-engines/mergetree-family/replication).
 */
export function onCluster(statement: string, cluster: string): string {
  const table = tableOf(statement);
  const place = `'/clickhouse/tables/{shard}/{database}/${table}', '{replica}'`;
  return statement
    .replace(TABLE, (start) => `${start} ON CLUSTER '${cluster}'`)
    .replace(
      ENGINE,
      (_line, engine: string, parameters?: string) =>
        `ENGINE = Replicated${engine}(${place}${parameters ? `, ${parameters}` : ''})`,
    );
}

const shardsShape = rowShape('the shards of the cluster', { shards: Count });

/**
 * Whether the cluster is one that can hold the tables.
 * @throws StoreRefusedError when the server does not know it, or it has several shards: every server
 *   has to hold all rows, since nothing here gathers them from shards.
 */
export async function assertUsableCluster(
  client: ClickHouseClient,
  cluster: string,
): Promise<void> {
  const [{ shards } = { shards: 0 }] = await queryRows(client, {
    sql: `SELECT uniqExact(shard_num) AS shards FROM system.clusters
      WHERE cluster = {cluster: String}`,
    params: { cluster },
    shape: shardsShape,
  });
  if (shards === 1) return;
  throw new StoreRefusedError(
    shards === 0
      ? `ClickHouse has no cluster ${cluster}: check CLICKHOUSE_CLUSTER`
      : `The cluster ${cluster} has ${shards} shards but must have one: check CLICKHOUSE_CLUSTER`,
  );
}
