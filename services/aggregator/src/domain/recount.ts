/** Windows counted anew from raw events, in the order of the log: what folding them has given. */
import {
  addEvent,
  type CountedEvent,
  emptyWindow,
  type Window,
  windowStart,
} from '@hookpulse/common/windows/window';
import type { WindowKey } from './open-windows.ts';

/** A raw event, as far as windows are made of it. */
export interface RawEvent extends CountedEvent {
  readonly bot_id: string;
  /** The event's own time, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly offset: bigint;
}

export class Recount {
  readonly #sizeMs: number;
  readonly #windows = new Map<string, WindowKey & { readonly window: Window }>();
  #lastOffset: bigint | null = null;

  constructor(sizeMs: number) {
    this.#sizeMs = sizeMs;
  }

  /** Events must come in the order of the log. */
  add(event: RawEvent): void {
    const key = { botId: event.bot_id, startMs: windowStart(event.timeMs, this.#sizeMs) };
    const name = keyName(key);
    let entry = this.#windows.get(name);
    if (!entry) {
      entry = { ...key, window: emptyWindow() };
      this.#windows.set(name, entry);
    }
    addEvent(entry.window, event, event.timeMs);
    this.#lastOffset = event.offset;
  }

  /** Null: no event fell into it. */
  get(key: WindowKey): Window | null {
    return this.#windows.get(keyName(key))?.window ?? null;
  }

  keys(): Iterable<WindowKey> {
    return this.#windows.values();
  }

  /** Of the last event; null when there was none. */
  get lastOffset(): bigint | null {
    return this.#lastOffset;
  }
}

/** Tells keys apart. */
export function keyName({ botId, startMs }: WindowKey): string {
  return `${startMs}/${botId}`;
}
