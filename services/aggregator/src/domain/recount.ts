/** Windows of a piece counted anew from raw events, in the order of the log: what folding them has given. */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import {
  addEvent,
  type CountedEvent,
  emptyWindow,
  SLICE_MS,
  windowStart,
} from '@hookpulse/common/windows/window';
import { type KeyedWindow, keyName } from './open-windows.ts';

/** A raw event, as far as windows are made of it. */
export interface RawEvent extends CountedEvent {
  readonly bot_id: string;
  /** The event's own time, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly offset: bigint;
}

export class Recount {
  readonly #slicesFromMs: number;
  readonly #hours = new Map<string, KeyedWindow>();
  readonly #slices = new Map<string, KeyedWindow>();
  rawEvents = 0;
  /** The first offset behind all that was counted. */
  nextOffset = 0n;

  /** @param slicesFromMs - slices that start earlier are not counted, milliseconds since the epoch */
  constructor(slicesFromMs: number) {
    this.#slicesFromMs = slicesFromMs;
  }

  get hours(): Iterable<KeyedWindow> {
    return this.#hours.values();
  }

  get slices(): Iterable<KeyedWindow> {
    return this.#slices.values();
  }

  /** Events must come in the order of the log. */
  add(event: RawEvent): void {
    addTo(this.#hours, event, HOUR_MS);
    if (event.timeMs >= this.#slicesFromMs) addTo(this.#slices, event, SLICE_MS);
    this.rawEvents += 1;
    this.nextOffset = event.offset + 1n;
  }
}

function addTo(windows: Map<string, KeyedWindow>, event: RawEvent, sizeMs: number): void {
  const key = { botId: event.bot_id, startMs: windowStart(event.timeMs, sizeMs) };
  const name = keyName(key);
  let entry = windows.get(name);
  if (!entry) {
    entry = { ...key, window: emptyWindow() };
    windows.set(name, entry);
  }
  addEvent(entry.window, event, event.timeMs);
}
