/**
 * Cutting a reconciliation into queries of a fraction of a second: the embedded store runs one
 * query at a time, and health is asked for meanwhile.
 */
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';

export interface BotLoad {
  readonly botId: string;
  readonly events: number;
}

export interface Span {
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A span with about how many events it has. */
export interface LoadedSpan extends Span {
  readonly events: number;
}

/** All bots from `botFrom` on and before `botBefore`, in hours from `fromMs` on and before `toMs`. */
export interface Chunk extends Span {
  /** Included. The empty string comes before every bot. */
  readonly botFrom: string;
  /** Not included; null: there is no end. */
  readonly botBefore: string | null;
}

/** Two shared cores compared two million events a second: an eighth of a second each. */
export const EVENTS_PER_CHUNK = 250_000;

/**
 * Cuts a span at midnight, by which the store keeps raw events, unless days have so few events that
 * they can be compared together.
 * @param loads - events by start of the day, milliseconds since the epoch
 */
export function spansOf(
  { fromMs, toMs }: Span,
  loads: ReadonlyMap<number, number>,
  eventsPerChunk = EVENTS_PER_CHUNK,
): LoadedSpan[] {
  const spans: LoadedSpan[] = [];
  let spanFromMs = fromMs;
  let events = 0;
  for (let dayMs = windowStart(fromMs, DAY_MS); dayMs < toMs; dayMs += DAY_MS) {
    const dayEvents = loads.get(dayMs) ?? 0;
    if (dayMs > spanFromMs && events + dayEvents > eventsPerChunk) {
      spans.push({ fromMs: spanFromMs, toMs: dayMs, events });
      spanFromMs = dayMs;
      events = 0;
    }
    events += dayEvents;
  }
  return [...spans, { fromMs: spanFromMs, toMs, events }];
}

/**
 * Chunks that together hold every bot there may be, also those without raw events: ranges of bots as
 * the sort key has them, and single hours of a bot that is too busy for a day in one query.
 * @param loads - in order of `botId`
 */
export function chunksOf(
  span: Span,
  loads: readonly BotLoad[],
  eventsPerChunk = EVENTS_PER_CHUNK,
): Chunk[] {
  const chunks: Chunk[] = [];
  let botFrom = '';
  let events = 0;
  for (const load of loads) {
    if (events > 0 && events + load.events > eventsPerChunk) {
      chunks.push(...hoursIfBusy({ ...span, botFrom, botBefore: load.botId }, events));
      botFrom = load.botId;
      events = 0;
    }
    events += load.events;
  }
  chunks.push(...hoursIfBusy({ ...span, botFrom, botBefore: null }, events));
  return chunks;

  function hoursIfBusy(chunk: Chunk, chunkEvents: number): Chunk[] {
    if (chunkEvents <= eventsPerChunk) return [chunk];
    const hours: Chunk[] = [];
    for (let start = span.fromMs; start < span.toMs; start += HOUR_MS) {
      hours.push({ ...chunk, fromMs: start, toMs: start + HOUR_MS });
    }
    return hours;
  }
}
