/** In which hours some bots had an event. */
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';

/* An hour has one row for each partition and epoch of the log that fed it. */
const SQL = `
  SELECT bot_id,
    groupUniqArray((toInt64(toUnixTimestamp(toDateTime(date, 'UTC'))) + hour * 3600) * 1000) AS starts_ms
  FROM webhook_metrics FINAL
  WHERE bot_id IN {bots:Array(String)}
    AND date >= {from_date:Date}
    AND requests_received + requests_processed + requests_failed > 0
  GROUP BY bot_id`;

const shape = rowShape('the hours with traffic', {
  bot_id: Type.String(),
  starts_ms: Type.Array(TimeMs),
});

/**
 * @param fromMs - of the first day
 * @returns starts of hours by bot, milliseconds since the epoch, in no order
 * @throws StoreError
 */
export async function hoursWithTraffic(
  client: ClickHouseClient,
  botIds: readonly string[],
  fromMs: number,
): Promise<Map<string, readonly number[]>> {
  const params = { bots: [...botIds], from_date: isoDate(fromMs) };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return new Map(rows.map(({ bot_id, starts_ms }) => [bot_id, starts_ms]));
}
