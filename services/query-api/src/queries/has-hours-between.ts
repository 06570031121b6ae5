/** Whether there are hourly rows in a span, of a bot or of any. */

import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';

const SQL = `
  SELECT 1 AS found FROM webhook_metrics
  WHERE date BETWEEN {from_date:Date} AND {to_date:Date}
    AND toDateTime(date, 'UTC') + hour * 3600 >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
    AND toDateTime(date, 'UTC') + hour * 3600 < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND ({bot_id:String} = '' OR bot_id = {bot_id:String})
  LIMIT 1`;

const shape = rowShape('hours in a span', { found: Type.Integer() });

export interface HoursBetween {
  /** Start of the first hour, milliseconds since the epoch. */
  readonly fromMs: number;
  /** End of the last hour. */
  readonly toMs: number;
  /** Null: any bot. */
  readonly botId: string | null;
}

/** @throws StoreError */
export async function hasHoursBetween(
  client: ClickHouseClient,
  { fromMs, toMs, botId }: HoursBetween,
): Promise<boolean> {
  if (fromMs >= toMs) return false;
  const params = {
    from_ms: fromMs,
    to_ms: toMs,
    from_date: isoDate(fromMs),
    to_date: isoDate(toMs),
    bot_id: botId ?? '',
  };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return rows.length > 0;
}
