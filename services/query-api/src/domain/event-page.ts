/** A page of events, the newest first, and the cursor by which the next one goes on. */

import type { VisibleBots } from '@hookpulse/api/access';
import type { EventFilter } from '@hookpulse/api/event-filter';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';

export interface EventPageRequest {
  readonly filter: EventFilter;
  /** Only events of these. */
  readonly bots: VisibleBots;
  /** Event time: from the first on and before the second, milliseconds since the epoch; null: any. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Only what comes after it. */
  readonly after: EventPlace | null;
}

/**
 * The place of an event in the order of the answer: by its time, and among events of one
 * millisecond by its id as the store orders ids. It never changes, so that what arrives or is
 * stored again moves no other event over the edge of a page.
 */
export interface EventPlace {
  readonly timeMs: number;
  readonly eventId: string;
  readonly botId: string;
}

export function placeOf(event: WebhookEvent): EventPlace {
  const { timestamp, event_id, bot_id } = event;
  return { timeMs: Date.parse(timestamp), eventId: event_id, botId: bot_id };
}

export function isSamePlace(a: EventPlace, b: EventPlace): boolean {
  return a.timeMs === b.timeMs && a.eventId === b.eventId && a.botId === b.botId;
}

export function cursorOf({ timeMs, eventId, botId }: EventPlace): string {
  return `${timeMs}.${eventId}.${botId}`;
}

const CURSOR =
  /^(\d{1,13})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([A-Za-z0-9_-]{1,64})$/;

/** Null: it is none that was given out. */
export function placeOfCursor(cursor: string): EventPlace | null {
  const [, time, eventId, botId] = CURSOR.exec(cursor) ?? [];
  if (time === undefined || eventId === undefined || botId === undefined) return null;
  return { timeMs: Number(time), eventId, botId };
}
