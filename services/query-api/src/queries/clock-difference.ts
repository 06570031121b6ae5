/** How far the clock of a bot's worker is off: by when its reports came against what they say. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';

/*
 * By the log's time alone: reports of a slow clock have timestamps of long ago. Without FINAL, since
 * a row that is there twice does not change a median by much, and the index is of use.
 */
const SQL = `
  SELECT quantileExactOrNull(0.5)(
      toFloat64(toUnixTimestamp64Milli(assumeNotNull(log_time)) - toUnixTimestamp64Milli(timestamp))
    ) AS difference_ms
  FROM webhook_events
  WHERE bot_id = {bot_id:String} AND event_type != 'received'
    AND log_time >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')`;

const shape = rowShape('the clock of a worker', {
  difference_ms: Type.Union([Type.Number(), Type.Null()]),
});

/**
 * Median of log time minus `timestamp`, milliseconds; positive: the clock is slow. Null: there were no
 * reports. What ingest has received itself says nothing of the worker's clock.
 * @param sinceMs - the log took them then or later, milliseconds since the epoch
 * @throws StoreError
 */
export async function clockDifference(
  client: ClickHouseClient,
  botId: string,
  sinceMs: number,
): Promise<number | null> {
  const params = { bot_id: botId, from_ms: sinceMs };
  const [found] = await selectRows(client, { sql: SQL, params, shape });
  return found?.difference_ms ?? null;
}
