/** One event in full. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { selectRows } from '@hookpulse/store/select-rows';
import {
  EVENTS_BY_TIME,
  eventOfRow,
  WHOLE_EVENT_COLUMNS,
  wholeEventShape,
} from '@hookpulse/store/tables/events';

/* The newest, where one id was reported again with another time after more than ten minutes. */
const SQL = `
  SELECT ${WHOLE_EVENT_COLUMNS}
  FROM ${EVENTS_BY_TIME.name}
  WHERE event_id = {event_id:UUID}
  ORDER BY timestamp DESC
  LIMIT 1`;

/** Null: there is none, or none any more. @throws StoreError */
export async function eventById(
  client: ClickHouseClient,
  eventId: string,
): Promise<WebhookEvent | null> {
  const rows = await selectRows(client, {
    sql: SQL,
    params: { event_id: eventId },
    shape: wholeEventShape,
  });
  return rows[0] ? eventOfRow(rows[0]) : null;
}
