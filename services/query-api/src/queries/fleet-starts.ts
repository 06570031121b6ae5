/** Which hours or days have rows of any bot, the newest first, and what tells that they have changed. */

import type { HistoryUnit } from '@hookpulse/api/metrics-row';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';
import { START_MS } from './metrics-columns.ts';

export interface FleetStart {
  readonly startMs: number;
  /** Another one when any row of it has changed. */
  readonly fingerprint: string;
  /** Stored rows, states that are not merged yet among them. */
  readonly rows: number;
}

/*
 * A row that changes has another next_offset, or (counted anew) other counts. Merges change the
 * fingerprint, too: then a span is summed once more than it need be.
 */
const sql = (unit: HistoryUnit) => `
  SELECT
    ${START_MS[unit]} AS start_ms,
    toString(sum(cityHash64(bot_id, hour, log_partition, log_epoch, next_offset, requests_received,
      requests_processed, requests_failed, responses_sent, retries, processing_time_sum_ms))) AS fingerprint,
    count() AS row_count
  FROM webhook_metrics
  WHERE date BETWEEN {from_date:Date} AND {to_date:Date}
    AND start_ms >= {from_ms:Int64} AND start_ms < {to_ms:Int64}
  GROUP BY start_ms
  ORDER BY start_ms DESC
  LIMIT {limit:UInt32}`;

const shape = rowShape('the hours of the fleet', {
  start_ms: TimeMs,
  fingerprint: Type.String(),
  row_count: Type.Integer(),
});

/** @throws StoreError */
export async function fleetStarts(
  client: ClickHouseClient,
  unit: HistoryUnit,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  limit: number,
): Promise<FleetStart[]> {
  const params = {
    from_ms: fromMs,
    to_ms: toMs,
    from_date: isoDate(fromMs),
    to_date: isoDate(toMs),
    limit,
  };
  const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
  const rows = await selectRows(client, { sql: sql(unit), params, shape, timeoutMs });
  return rows.map(({ start_ms, fingerprint, row_count }) => ({
    startMs: start_ms,
    fingerprint,
    rows: row_count,
  }));
}
