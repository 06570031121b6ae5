/** Counts and deletes rows of the store: by a condition, or whole days, which also frees their disk. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { toStoreError } from '@hookpulse/store/store-errors';
import Type from 'typebox';

export interface RowSelection {
  readonly table: string;
  /** SQL, in which values are parameters. */
  readonly where: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const countShape = rowShape('how many rows there are', { found: Type.Integer() });
const partitionShape = rowShape('the parts of a table', { partition: Type.String() });

/** Rows as people count them: those that replace each other are one. @throws StoreError */
export async function countRows(
  client: ClickHouseClient,
  { table, where, params }: RowSelection,
): Promise<number> {
  // A row and what replaces it have the same sort key, and so the same partition.
  const sql = `SELECT count() AS found FROM ${table} FINAL WHERE ${where}
    SETTINGS do_not_merge_across_partitions_select_final = 1`;
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const [row] = await selectRows(client, { sql, params, shape: countShape, timeoutMs });
  return row?.found ?? 0;
}

/** They are not read any more once it resolves. @throws StoreError */
export async function deleteRows(
  client: ClickHouseClient,
  { table, where, params }: RowSelection,
): Promise<void> {
  await change(client, `DELETE FROM ${table} WHERE ${where}`, params);
}

/**
 * Deletes whole partitions of a table that is partitioned by time, as those of `toYYYYMMDD` are.
 * @param before - name of the first partition that stays  @throws StoreError
 */
export async function dropPartitions(
  client: ClickHouseClient,
  table: string,
  before: string,
): Promise<void> {
  const sql = `SELECT DISTINCT partition FROM system.parts
    WHERE database = currentDatabase() AND table = {table:String} AND active
      AND toUInt32OrZero(partition) < {before:UInt32} ORDER BY partition`;
  const params = { table, before };
  for (const { partition } of await selectRows(client, { sql, params, shape: partitionShape })) {
    await change(client, `ALTER TABLE ${table} DROP PARTITION {partition:String}`, { partition });
  }
}

/** @throws StoreError */
export async function change(
  client: ClickHouseClient,
  query: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await client.command({
      query,
      query_params: { ...params },
      // Seen at this server before it resolves; one that is down does the same when it is back.
      clickhouse_settings: { lightweight_deletes_sync: '1', mutations_sync: '1' },
    });
  } catch (error) {
    throw toStoreError(error);
  }
}
