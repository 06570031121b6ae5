/** When bots that are silent now had their last event: within the last 7 days, to the hour's row. */

import { DAY_MS } from '@hookpulse/common/values/durations';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';

/** A bot silent for longer is simply silent; older hours would make the answer slow. */
const LOOK_BACK_DAYS = 7;
/**
 * A ClickHouse server takes no parameter of more than 128 KiB, and an id is up to 67 bytes in it. For more bots one
 * query reads all of them: in lists, a million silent bots took a thousand queries and half a minute.
 */
const MAX_LISTED_BOTS = 1_000;

/*
 * The last event of an hour never moves back from one state of its row to the next, so that the
 * maximum over all states is that of the newest, and FINAL would only cost time.
 */
const lastEventsWhere = (condition: string) => `
  SELECT bot_id, toUnixTimestamp64Milli(max(last_event_at)) AS last_event_ms
  FROM webhook_metrics
  WHERE ${condition}
  GROUP BY bot_id`;
const IS_LATE_ENOUGH = 'date >= {from_date:Date}';
const OF_ALL = lastEventsWhere(IS_LATE_ENOUGH);
const OF_LISTED = lastEventsWhere(`bot_id IN {bot_ids:Array(String)} AND ${IS_LATE_ENOUGH}`);

const shape = rowShape('the last events of bots', { bot_id: Type.String(), last_event_ms: TimeMs });

/**
 * By bot, milliseconds since the epoch; absent when there was none.
 * @throws StoreError
 */
export async function earlierEvents(
  client: ClickHouseClient,
  botIds: readonly string[],
  nowMs: number,
): Promise<Map<string, number>> {
  if (botIds.length === 0) return new Map();
  const params = { from_date: isoDate(nowMs - LOOK_BACK_DAYS * DAY_MS) };
  const question =
    botIds.length > MAX_LISTED_BOTS
      ? { sql: OF_ALL, params }
      : { sql: OF_LISTED, params: { ...params, bot_ids: botIds } };
  const rows = await selectRows(client, { ...question, shape });
  const asked = new Set(botIds);
  const ofAsked = rows.filter(({ bot_id }) => asked.has(bot_id));
  return new Map(ofAsked.map(({ bot_id, last_event_ms }) => [bot_id, last_event_ms]));
}
