/** One event in full. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { selectRows } from './select-rows.ts';
import { eventOfRow, STORED_EVENT_COLUMNS, storedEventRow } from './stored-event.ts';

/* The newest, where one id was reported again with another time after more than ten minutes. */
const SQL = `
  SELECT ${STORED_EVENT_COLUMNS}
  FROM webhook_events_by_time
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
    row: storedEventRow,
  });
  return rows[0] ? eventOfRow(rows[0]) : null;
}
