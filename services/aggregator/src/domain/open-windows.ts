/**
 * The windows of one size that a partition is feeding now. They are kept in memory while they are
 * hot; the store holds the rest.
 */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import {
  addEvent,
  emptyWindow,
  snapshotWindow,
  type Window,
  type WindowSnapshot,
  windowStart,
} from '@hookpulse/common/windows/window';

export interface WindowKey {
  readonly botId: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
}

export interface KeyedWindow extends WindowKey {
  readonly window: Window;
}

/** A window together with the next offset of its partition that it has not seen. */
export interface WindowState extends KeyedWindow {
  readonly nextOffset: bigint;
}

/** A window as it was when it was taken for storing. */
export type ChangedWindow = WindowKey & { readonly window: WindowSnapshot };

interface OpenWindow {
  readonly window: Window;
  /** Offsets below are in the window already: what a replay after a crash must skip. */
  readonly seenBelow: bigint;
  changed: boolean;
  /** Whether an event was added since windows were forgotten last. */
  isInUse: boolean;
}

export class OpenWindows {
  readonly sizeMs: number;
  /** Windows starting here or later are all in memory, as far as they exist. */
  #completeFromMs: number;
  readonly #byStart = new Map<number, Map<string, OpenWindow>>();

  /** @param hotSinceMs - the store's windows from the one that holds this moment on get restored */
  constructor(sizeMs: number, hotSinceMs: number) {
    this.sizeMs = sizeMs;
    this.#completeFromMs = windowStart(hotSinceMs, sizeMs);
  }

  get completeFromMs(): number {
    return this.#completeFromMs;
  }

  keyOf(botId: string, eventTimeMs: number): WindowKey {
    return { botId, startMs: windowStart(eventTimeMs, this.sizeMs) };
  }

  /** Whether the window must be looked up in the store before an event is added to it. */
  needsLookup(key: WindowKey): boolean {
    return key.startMs < this.#completeFromMs && !this.#byStart.get(key.startMs)?.has(key.botId);
  }

  /** Takes in what the store holds for a window. */
  restore(state: WindowState): void {
    this.#put(state, openWindow(state.window, state.nextOffset));
  }

  /** Takes in that the store holds nothing for a window. */
  restoreEmpty(key: WindowKey): void {
    this.#put(key, openWindow());
  }

  /** The windows in memory that start in a span: `fromMs` included, `toMs` not. They go on changing. */
  *between(fromMs: number, toMs: number): Generator<KeyedWindow> {
    for (const [startMs, bots] of this.#byStart) {
      if (startMs < fromMs || startMs >= toMs) continue;
      for (const [botId, { window }] of bots) yield { botId, startMs, window };
    }
  }

  /** Adds an event to its window unless the window has seen its offset already. */
  add(event: WebhookEvent, eventTimeMs: number, offset: bigint): void {
    const key = this.keyOf(event.bot_id, eventTimeMs);
    const open = this.#byStart.get(key.startMs)?.get(key.botId) ?? this.#open(key);
    if (offset < open.seenBelow) return;
    addEvent(open.window, event, eventTimeMs);
    open.changed = true;
    open.isInUse = true;
  }

  /**
   * Hands out every window that changed since the last call, for storing. Snapshots: while they are
   * stored, and stored again after a failure, the windows themselves go on.
   */
  *takeChanged(): Generator<ChangedWindow> {
    for (const [startMs, bots] of this.#byStart) {
      for (const [botId, open] of bots) {
        if (!open.changed) continue;
        open.changed = false;
        yield { botId, startMs, window: snapshotWindow(open.window) };
      }
    }
  }

  /**
   * Forgets stored windows that started before a moment. To be called when all is stored. Those that
   * were in use since the last call stay: while a clock is slow or reports come late, each batch
   * would ask the store for them again.
   */
  forgetBefore(momentMs: number): void {
    const keepFromMs = windowStart(momentMs, this.sizeMs);
    for (const [startMs, bots] of this.#byStart) {
      if (startMs >= keepFromMs) continue;
      for (const [botId, open] of bots) {
        if (!open.changed && !open.isInUse) bots.delete(botId);
        open.isInUse = false;
      }
      if (bots.size === 0) this.#byStart.delete(startMs);
    }
    this.#completeFromMs = Math.max(this.#completeFromMs, keepFromMs);
  }

  get size(): number {
    let size = 0;
    for (const bots of this.#byStart.values()) size += bots.size;
    return size;
  }

  #open(key: WindowKey): OpenWindow {
    const open = openWindow();
    this.#put(key, open);
    return open;
  }

  #put(key: WindowKey, open: OpenWindow): void {
    let bots = this.#byStart.get(key.startMs);
    if (!bots) {
      bots = new Map();
      this.#byStart.set(key.startMs, bots);
    }
    bots.set(key.botId, open);
  }
}

function openWindow(window: Window = emptyWindow(), seenBelow = 0n): OpenWindow {
  return { window, seenBelow, changed: false, isInUse: false };
}

/** Tells keys apart. */
export function keyName({ botId, startMs }: WindowKey): string {
  return `${startMs}/${botId}`;
}
