/** One event in full. */

import type { VisibleBots } from '@hookpulse/api/access';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { selectRows } from '@hookpulse/store/select-rows';
import {
  EVENTS_BY_TIME,
  eventOfRow,
  WHOLE_EVENT_COLUMNS,
  wholeEventShape,
} from '@hookpulse/store/tables/events';
import { VISIBLE_BOTS } from './event-conditions.ts';

/* The newest, where one id was reported again with another time after more than ten minutes. */
const sqlOf = (visibility: string) => `
  SELECT ${WHOLE_EVENT_COLUMNS}
  FROM ${EVENTS_BY_TIME.name}
  WHERE event_id = {event_id:UUID} ${visibility}
  ORDER BY timestamp DESC
  LIMIT 1`;

/**
 * Null: there is none, or none any more.
 * @param bots - whose events may be seen: bots choose ids of their own, and two may choose the same; null: of all
 * @throws StoreError
 */
export async function eventById(
  client: ClickHouseClient,
  eventId: string,
  bots: VisibleBots,
): Promise<WebhookEvent | null> {
  const rows = await selectRows(client, {
    sql: sqlOf(bots ? `AND ${VISIBLE_BOTS}` : ''),
    params: { event_id: eventId, ...(bots && { bots: [...bots] }) },
    shape: wholeEventShape,
  });
  return rows[0] ? eventOfRow(rows[0]) : null;
}
