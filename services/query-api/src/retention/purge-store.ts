/**
 * Makes deleted rows unreadable on the disk. `DELETE FROM` only marks rows, and the files from before a
 * deletion stay for a while (`old_parts_lifetime`, 8 minutes by default; none in the embedded engine).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';
import { change } from './delete-rows.ts';

const countShape = rowShape('the files from before', { found: Type.Integer() });
/** ClickHouse removes files a second after they are out of use at the earliest. */
const POLL_INTERVAL_MS = 250;

/**
 * Writes the tables' files anew without rows that are marked as deleted, and waits until files from
 * before are gone.
 * @returns whether they are: false when the server keeps them for longer than `patienceMs`
 * @throws StoreError
 */
export async function purgeTables(
  client: ClickHouseClient,
  tables: readonly string[],
  patienceMs: number,
): Promise<boolean> {
  for (const table of tables) await change(client, `ALTER TABLE ${table} APPLY DELETED MASK`, {});
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    // Of a partition that is not there: ClickHouse looks for files that are out of use then.
    for (const table of tables) {
      await change(client, `ALTER TABLE ${table} DROP PARTITION ID 'none'`, {});
    }
    if ((await filesFromBefore(client, tables)) === 0) return true;
    if (performance.now() > deadlineMs) return false;
    await delay(POLL_INTERVAL_MS);
  }
}

async function filesFromBefore(
  client: ClickHouseClient,
  tables: readonly string[],
): Promise<number> {
  const sql = `SELECT count() AS found FROM system.parts
    WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND NOT active`;
  const [row] = await selectRows(client, { sql, params: { tables }, shape: countShape });
  return row?.found ?? 0;
}
