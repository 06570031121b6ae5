/** Whether a bot has ever had a delivery with its right secret, in any hour that is stored. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';

/*
 * Of the deliveries of an hour, those whose secret was wrong are `signature_validation_failures`;
 * one more is a valid one. Counters never shrink from one state of a row to the next, so FINAL is
 * not needed.
 */
const SQL = `
  SELECT 1 AS found FROM webhook_metrics
  WHERE bot_id = {bot_id:String} AND requests_received > signature_validation_failures
  LIMIT 1`;

const shape = rowShape('a valid delivery', { found: Type.Integer() });

/** @throws StoreError */
export async function hadValidDelivery(client: ClickHouseClient, botId: string): Promise<boolean> {
  const rows = await selectRows(client, { sql: SQL, params: { bot_id: botId }, shape });
  return rows.length > 0;
}
