/** One bot's slices of the last 15 minutes. */

import type { StartedWindow } from '@hookpulse/api/bot-health';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { SLICES, WINDOW_NAMES, windowFromRow } from '@hookpulse/store/tables/windows';

const WINDOW = SLICES.select('start_ms', ...WINDOW_NAMES);

/* FINAL leaves each row's newest state; a slice has one row for each partition and epoch of the log. */
const SQL = `
  SELECT ${WINDOW.sql}
  FROM ${SLICES.name} FINAL
  WHERE bot_id = {bot_id:String} AND start >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')`;

const shape = rowShape('the slices of a bot', WINDOW.fields);

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
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return rows.map((stored) => ({ startMs: stored.start_ms, window: windowFromRow(stored) }));
}
