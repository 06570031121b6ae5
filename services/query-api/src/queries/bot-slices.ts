/** One bot's slices of the last 15 minutes. */

import type { StartedWindow } from '@hookpulse/api/bot-health';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { STORED_WINDOW_COLUMNS, windowFromRow } from '@hookpulse/store/window-row';
import { Compile } from 'typebox/compile';
import { StartedWindowRow } from './row-types.ts';
import { selectRows } from './select-rows.ts';

/* FINAL leaves each row's newest state; a slice has one row for each partition and epoch of the log. */
const SQL = `
  SELECT toInt64(toUnixTimestamp(start)) * 1000 AS start_ms, ${STORED_WINDOW_COLUMNS}
  FROM webhook_slices FINAL
  WHERE bot_id = {bot_id:String} AND start >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')`;

const row = Compile(StartedWindowRow);

/**
 * @param fromMs - start of the first slice, milliseconds since the epoch
 * @throws StoreError
 */
export async function botSlices(
  client: ClickHouseClient,
  botId: string,
  fromMs: number,
): Promise<StartedWindow[]> {
  const params = { bot_id: botId, from_ms: fromMs };
  const rows = await selectRows(client, { sql: SQL, params, row });
  return rows.map((stored) => ({ startMs: stored.start_ms, window: windowFromRow(stored) }));
}
