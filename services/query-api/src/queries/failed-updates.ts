/** Updates of a bot whose last outcome is an error. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { EVENTS } from '@hookpulse/store/tables/events';
import Type from 'typebox';

/*
 * An error that was followed by `processed` is over, by a retry or by an earlier replay. Without any
 * such event the maximum is 1970. Outcomes come after the receipt, so there is no upper bound.
 */
const SQL = `
  SELECT toInt64(assumeNotNull(update_id)) AS id
  FROM ${EVENTS.name}
  WHERE bot_id = {bot_id:String} AND event_type IN ('error', 'processed')
    AND timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND update_id IS NOT NULL
  GROUP BY id
  HAVING maxIf(timestamp, event_type = 'error'
      AND ({dead_only:UInt8} = 0 OR error_type = 'Expired'))
    > maxIf(timestamp, event_type = 'processed')
  LIMIT {limit:UInt32}`;

const shape = rowShape('failed updates', { id: Type.Union([Type.Number(), Type.String()]) });

export interface FailedUpdatesRequest {
  readonly botId: string;
  /** Milliseconds since the epoch: outcomes from then on. */
  readonly fromMs: number;
  /** Only those that were given up. */
  readonly isDeadOnly: boolean;
  readonly limit: number;
}

/** Update ids, in no order. @throws StoreError */
export async function failedUpdates(
  client: ClickHouseClient,
  { botId, fromMs, isDeadOnly, limit }: FailedUpdatesRequest,
): Promise<ReadonlySet<number>> {
  const params = { bot_id: botId, from_ms: fromMs, dead_only: isDeadOnly ? 1 : 0, limit };
  const rows = await selectRows(client, {
    sql: SQL,
    params,
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return new Set(rows.map(({ id }) => Number(id)));
}
