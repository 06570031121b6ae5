/** One bot's hours between two times, newest first. */

import type { StartedWindow } from '@hookpulse/api/bot-health';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { HOURS, WINDOW_NAMES, windowFromRow } from '@hookpulse/store/tables/windows';

const WINDOW = HOURS.select('start_ms', ...WINDOW_NAMES);

/*
 * An hour has one row for each partition and epoch of the log that fed it: they are merged by the
 * reader, digests included. The date bounds are what the sort key and the partitions can use.
 */
const SQL = `
  SELECT ${WINDOW.sql}
  FROM ${HOURS.name} FINAL
  WHERE bot_id = {bot_id:String}
    AND date BETWEEN {from_date:Date} AND {to_date:Date}
    AND start_ms BETWEEN {from_ms:Int64} AND {to_ms:Int64}
  ORDER BY date DESC, hour DESC`;

const shape = rowShape('the hours of a bot', WINDOW.fields);

export interface HourRange {
  /** Start of the first hour, milliseconds since the epoch. */
  readonly fromMs: number;
  /** Start of the last hour, which is included. */
  readonly toMs: number;
}

/** @throws StoreError */
export async function botHours(
  client: ClickHouseClient,
  botId: string,
  { fromMs, toMs }: HourRange,
): Promise<StartedWindow[]> {
  const params = {
    bot_id: botId,
    from_date: isoDate(fromMs),
    to_date: isoDate(toMs),
    from_ms: fromMs,
    to_ms: toMs,
  };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return rows.map((stored) => ({ startMs: stored.start_ms, window: windowFromRow(stored) }));
}
