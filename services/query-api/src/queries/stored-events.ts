/** A page of the stored events, the newest first. */

import type { EventFilter } from '@hookpulse/api/event-filter';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { selectRows } from '@hookpulse/store/select-rows';
import {
  ERRORS,
  EVENTS,
  EVENTS_BY_TIME,
  eventOfRow,
  WHOLE_EVENT_COLUMNS,
  wholeEventShape,
} from '@hookpulse/store/tables/events';
import {
  type EventPageRequest,
  type EventPlace,
  isSamePlace,
  placeOf,
} from '../domain/event-page.ts';
import { lookBackSpans } from '../domain/look-back.ts';
import { EVENT_CONDITIONS, VISIBLE_BOTS } from './event-conditions.ts';

const FROM = `timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')`;
const TO = `timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')`;
/** The first half is what the sort key can use. */
const AFTER = `timestamp <= fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC')
    AND (timestamp < fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC')
      OR event_id < {after_id:UUID}
      OR (event_id = {after_id:UUID} AND bot_id < {after_bot:String}))`;

/**
 * At most so many events.
 * @param nowMs - milliseconds since the epoch: where the newest events are
 * @throws StoreError
 */
export async function storedEvents(
  client: ClickHouseClient,
  request: EventPageRequest,
  limit: number,
  nowMs: number,
): Promise<WebhookEvent[]> {
  const events: WebhookEvent[] = [];
  for (const span of lookBackSpans(request, nowMs)) {
    const wanted = limit - events.length;
    events.push(...(await eventsOfSpan(client, { ...request, ...span }, wanted)));
    if (events.length >= limit) break;
  }
  return events;
}

/**
 * A replayed event is there twice until ClickHouse has merged its parts. Neither FINAL nor LIMIT BY
 * lets it stop reading after a page, so what comes twice, always side by side, is dropped here, and
 * the page is filled up.
 */
async function eventsOfSpan(
  client: ClickHouseClient,
  request: EventPageRequest,
  limit: number,
): Promise<WebhookEvent[]> {
  const events: WebhookEvent[] = [];
  let { after } = request;
  while (events.length < limit) {
    const wanted = limit - events.length;
    const rows = await selectPage(client, { ...request, after }, wanted);
    for (const event of rows) {
      const place = placeOf(event);
      if (after && isSamePlace(place, after)) continue;
      events.push(event);
      after = place;
    }
    if (rows.length < wanted) return events;
  }
  return events;
}

async function selectPage(
  client: ClickHouseClient,
  { filter, bots, fromMs, toMs, after }: EventPageRequest,
  limit: number,
): Promise<WebhookEvent[]> {
  const conditions = EVENT_CONDITIONS.filter(({ name }) => filter[name] !== undefined).map(
    ({ sql }) => sql,
  );
  if (bots) conditions.push(VISIBLE_BOTS);
  if (fromMs !== null) conditions.push(FROM);
  if (toMs !== null) conditions.push(TO);
  if (after) conditions.push(AFTER);
  const sql = `
    SELECT ${WHOLE_EVENT_COLUMNS}
    FROM ${tableFor(filter)}
    ${conditions.length === 0 ? '' : `WHERE ${conditions.join('\n      AND ')}`}
    ORDER BY timestamp DESC, event_id DESC, bot_id DESC
    LIMIT {limit:UInt32}`;
  const params = {
    ...filter,
    bots: bots && [...bots],
    from_ms: fromMs,
    to_ms: toMs,
    ...placeParams(after),
    limit,
  };
  const rows = await selectRows(client, { sql, params: given(params), shape: wholeEventShape });
  return rows.map(eventOfRow);
}

/**
 * One is ordered by bot and time, another by time alone, with an index of update ids; errors are also
 * in a table of their own.
 */
function tableFor({ bot_id, update_id, error_fingerprint }: EventFilter): string {
  if (error_fingerprint !== undefined) return ERRORS.name;
  return bot_id !== undefined && update_id === undefined ? EVENTS.name : EVENTS_BY_TIME.name;
}

function placeParams(after: EventPlace | null) {
  return { after_ms: after?.timeMs, after_id: after?.eventId, after_bot: after?.botId };
}

/** The driver takes no parameter without a value. */
function given(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== undefined && value !== null),
  );
}
