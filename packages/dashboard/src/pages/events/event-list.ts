/**
 * The events on the page, the newest first: pages of what is stored, and what arrives merged into
 * them, each event once. While somebody reads, what arrives waits, so that no row moves under the
 * reader.
 */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';

export interface EventList {
  readonly rows: readonly WebhookEvent[];
  /** How what is older is asked for; null: there is no more. */
  readonly older: OlderPage | null;
  /** What came while the list was held. */
  readonly waiting: readonly WebhookEvent[];
  /** How many came; not all of them may be kept. */
  readonly waitingCount: number;
  /** Others came that are not known: to show what waits, the list has to be read anew. */
  readonly hasGap: boolean;
}

export type OlderPage =
  | { readonly kind: 'cursor'; readonly cursor: string }
  /** Rows at the end were let go: their cursor is not known, but their time is. */
  | { readonly kind: 'until'; readonly timestamp: string };

export interface EventsPage {
  readonly events: readonly WebhookEvent[];
  readonly next_cursor: string | null;
}

export const NO_EVENTS: EventList = {
  rows: [],
  older: null,
  waiting: [],
  waitingCount: 0,
  hasGap: false,
};

/** Of a list that follows what arrives; nobody looks so far down while it moves. */
const MAX_FOLLOWED_ROWS = 1_000;
/** Let go in steps, so that not every event costs a cut. */
const MAX_SURPLUS_ROWS = 200;
const MAX_WAITING_ROWS = 1_000;
/** Of a list that somebody goes down: some 5 MB. What is older is found by a range. */
const MAX_ROWS = 20_000;

export function firstPage(page: EventsPage): EventList {
  return { ...NO_EVENTS, rows: page.events, older: olderOf(page) };
}

export function withOlder(list: EventList, page: EventsPage): EventList {
  const known = keysOf(list.rows);
  const events = page.events.filter((event) => !known.has(keyOf(event)));
  return { ...list, rows: [...list.rows, ...events], older: olderOf(page) };
}

/** @param events - in the order in which they came @param isHeld - somebody reads: they wait */
export function withNewer(
  list: EventList,
  events: readonly WebhookEvent[],
  isHeld: boolean,
): EventList {
  const known = keysOf([...list.rows, ...list.waiting]);
  const last = list.older === null ? undefined : list.rows.at(-1);
  const fresh: WebhookEvent[] = [];
  for (const event of events) {
    const key = keyOf(event);
    // What is older than the last row comes with the page that it belongs to.
    const isBelow = last !== undefined && event.timestamp < last.timestamp;
    if (isBelow || known.has(key)) continue;
    known.add(key);
    fresh.push(event);
  }
  if (fresh.length === 0) return list;
  if (!isHeld) return bounded({ ...list, rows: merged(fresh, list.rows) });
  const waiting = merged(fresh, list.waiting).slice(0, MAX_WAITING_ROWS);
  return { ...list, waiting, waitingCount: list.waitingCount + fresh.length };
}

/** Whether all that waits is there to be shown. */
export function keepsAllWaiting({ waiting, waitingCount, hasGap }: EventList): boolean {
  return !hasGap && waiting.length === waitingCount;
}

export function withGap(list: EventList): EventList {
  return { ...list, hasGap: true };
}

export function withWaitingShown(list: EventList): EventList {
  const rows = merged(list.waiting, list.rows);
  return bounded({ ...list, rows, waiting: [], waitingCount: 0 });
}

export function newestTime({ rows, waiting }: EventList): string | null {
  return waiting[0]?.timestamp ?? rows[0]?.timestamp ?? null;
}

export function isFull({ rows }: EventList): boolean {
  return rows.length >= MAX_ROWS;
}

/** Ids are unique, but whoever reports chooses them. */
export function keyOf({ bot_id, event_id }: WebhookEvent): string {
  return `${event_id} ${bot_id}`;
}

function olderOf({ next_cursor }: EventsPage): OlderPage | null {
  return next_cursor === null ? null : { kind: 'cursor', cursor: next_cursor };
}

function bounded(list: EventList): EventList {
  if (list.rows.length <= MAX_FOLLOWED_ROWS + MAX_SURPLUS_ROWS) return list;
  const rows = list.rows.slice(0, MAX_FOLLOWED_ROWS);
  const timestamp = rows.at(-1)?.timestamp;
  return { ...list, rows, older: timestamp === undefined ? null : { kind: 'until', timestamp } };
}

/** @param events - in the order in which they came; of two of one time the later one stands above */
function merged(
  events: readonly WebhookEvent[],
  rows: readonly WebhookEvent[],
): readonly WebhookEvent[] {
  const newer = events.toReversed().toSorted((a, b) => compare(b.timestamp, a.timestamp));
  const all: WebhookEvent[] = [];
  let next = 0;
  for (const row of rows) {
    for (; next < newer.length; next += 1) {
      const event = newer[next];
      if (!event || event.timestamp < row.timestamp) break;
      all.push(event);
    }
    all.push(row);
  }
  return [...all, ...newer.slice(next)];
}

/** Timestamps are all written alike, so that their texts have the order of their times. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function keysOf(events: readonly WebhookEvent[]): Set<string> {
  return new Set(events.map(keyOf));
}
