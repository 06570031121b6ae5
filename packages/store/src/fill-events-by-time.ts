/**
 * Copies the raw events of a store of before into `webhook_events_by_time`; what is stored meanwhile
 * comes by the view. Rows that are copied twice replace themselves.
 */

import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from './open-client.ts';
import { storedDays } from './stored-days.ts';
import { EVENTS_BY_TIME } from './tables/events.ts';

/** Numbered like the files: recorded once it is done, and then never done again. */
export const FILL_EVENTS_BY_TIME = { version: 9, name: '009_fill_webhook_events_by_time' } as const;

const DAY_S = 86_400;
const HOUR_S = 3_600;
/** What is copied within some seconds, so far below the time that one request has. */
const MAX_ROWS_AT_ONCE = 2_000_000;

const COLUMNS = EVENTS_BY_TIME.columnNames.join(', ');

/** The newest day first: that is what people look at. @throws ClickHouseError */
export async function fillEventsByTime(client: ClickHouseClient, logger: Logger): Promise<void> {
  for (const { day, rows } of await storedDays(client)) {
    const stepS = rows > MAX_ROWS_AT_ONCE ? HOUR_S : DAY_S;
    for (let fromS = day; fromS < day + DAY_S; fromS += stepS) {
      await client.command({
        query: `INSERT INTO webhook_events_by_time (${COLUMNS}) SELECT ${COLUMNS} FROM webhook_events
          WHERE timestamp >= toDateTime({from_s:UInt32}, 'UTC')
            AND timestamp < toDateTime({to_s:UInt32}, 'UTC')`,
        query_params: { from_s: fromS, to_s: fromS + stepS },
      });
    }
    logger.info({ day: iso(day * 1_000).slice(0, 10), rows }, 'events copied');
  }
}
