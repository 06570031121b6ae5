/** When updates of a bot were received, by its stored events. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { EVENTS_BY_TIME } from '@hookpulse/store/tables/events';
import Type from 'typebox';

/* The newest of each: after a long silence Telegram may use a number again. */
const SQL = `
  SELECT toInt64(update_id) AS id, toUnixTimestamp64Milli(max(timestamp)) AS at_ms
  FROM ${EVENTS_BY_TIME.name}
  WHERE bot_id = {bot_id:String} AND event_type = 'received' AND status != 'failed'
    AND update_id IN {update_ids:Array(Int64)}
  GROUP BY id`;

const shape = rowShape('receipts of updates', {
  id: Type.Union([Type.Number(), Type.String()]),
  at_ms: Type.Union([Type.Number(), Type.String()]),
});

/** Milliseconds since the epoch by update id; those that were not received are left out. @throws StoreError */
export async function updateReceipts(
  client: ClickHouseClient,
  botId: string,
  updateIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const params = { bot_id: botId, update_ids: updateIds };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return new Map(rows.map(({ id, at_ms }) => [Number(id), Number(at_ms)]));
}
