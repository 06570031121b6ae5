/** Which minutes, hours or days have rows of any bot, the newest first, and what tells that they have changed. */

import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import { HOURS, SLICES } from '@hookpulse/store/tables/windows';
import Type from 'typebox';
import { START_MS } from './metrics-columns.ts';

export interface FleetStart {
  readonly startMs: number;
  /** Another one when any row of it has changed. */
  readonly fingerprint: string;
  /** Stored rows, states that are not merged yet among them. */
  readonly rows: number;
}

interface Source {
  readonly table: string;
  /** On the sort or partition key, so that other parts are not read. */
  readonly within: string;
  /** What a row's window begins at. */
  readonly begins: string;
}

const HOURLY: Source = {
  table: HOURS.name,
  within: 'date BETWEEN {from_date:Date} AND {to_date:Date}',
  begins: 'date, hour',
};
const SOURCES: Readonly<Record<MetricsUnit, Source>> = {
  minute: {
    table: SLICES.name,
    within: `start >= toDateTime(intDiv({from_ms:Int64}, 1000), 'UTC')
    AND start < toDateTime(intDiv({to_ms:Int64}, 1000), 'UTC')`,
    begins: 'start',
  },
  hour: HOURLY,
  day: HOURLY,
};

/*
 * A row that changes has another next_offset, or (counted anew) other counts. Merges change the
 * fingerprint, too: then a span is summed once more than it need be.
 */
const sql = (unit: MetricsUnit) => `
  SELECT
    ${START_MS[unit]} AS start_ms,
    toString(sum(cityHash64(bot_id, ${SOURCES[unit].begins}, log_partition, log_epoch, next_offset,
      requests_received, requests_processed, requests_failed, responses_sent, retries,
      processing_time_sum_ms, processing_time_count, response_time_sum_ms, response_time_count))) AS fingerprint,
    count() AS row_count
  FROM ${SOURCES[unit].table}
  WHERE ${SOURCES[unit].within}
    AND start_ms >= {from_ms:Int64} AND start_ms < {to_ms:Int64}
  GROUP BY start_ms
  ORDER BY start_ms DESC
  LIMIT {limit:UInt32}`;

const shape = rowShape('the times of the fleet', {
  start_ms: TimeMs,
  fingerprint: Type.String(),
  row_count: Type.Integer(),
});

/** @throws StoreError */
export async function fleetStarts(
  client: ClickHouseClient,
  unit: MetricsUnit,
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
