/**
 * The fold of one partition of the log: events in offset order become raw events, hours and slices.
 *
 * Its state is a function of the log alone up to `nextOffset`. So a process that lost the partition
 * and goes on writing for a while does no harm: at the same offset it has the same state, and the
 * store keeps the state of the highest offset.
 */

import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { RecentEvents } from '@hookpulse/common/events/recent-events';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { SLICE_MS, SLICES_KEPT_MS } from '@hookpulse/common/windows/window';
import { type ChangedWindow, keyName, OpenWindows, type WindowKey } from './open-windows.ts';

/** Where the fold stands: everything below `nextOffset` is in its state. */
export interface FoldPosition {
  readonly partition: number;
  /** How often the topic was found recreated: offsets of different epochs have nothing in common. */
  readonly epoch: number;
  readonly nextOffset: bigint;
  /** Of the last message below `nextOffset`; null when none was read in this epoch. */
  readonly last: LastMessage | null;
}

export interface LastMessage {
  /** Just below the position, or further down where the offsets between them have no messages. */
  readonly offset: bigint;
  readonly logTimeMs: number;
  /** Tells this message from any other that could stand at the same offset. */
  readonly fingerprint: string;
}

/** What is to be stored: the state at `position`, as far as it changed since it was last taken. */
export interface PartitionChanges {
  readonly position: FoldPosition;
  readonly events: readonly LoggedEvent[];
  readonly hours: readonly ChangedWindow[];
  readonly slices: readonly ChangedWindow[];
}

export type FoldVerdict = 'counted' | 'duplicate';

/** How long an hour stays in memory after its end, for events that come a little late. */
const HOUR_GRACE_MS = 5 * 60_000;
const SLICE_GRACE_MS = 60_000;

export class PartitionFold {
  readonly hours: OpenWindows;
  readonly slices: OpenWindows;
  readonly #recent = new RecentEvents();
  #position: FoldPosition;
  /** Up to where changes were taken for storing. */
  #takenOffset: bigint;
  #events: LoggedEvent[] = [];

  /** @param hotSinceMs - the windows from the ones that hold this moment on are to be restored */
  constructor(position: FoldPosition, hotSinceMs: number) {
    this.#position = position;
    this.#takenOffset = position.nextOffset;
    this.hours = new OpenWindows(HOUR_MS, hotSinceMs);
    this.slices = new OpenWindows(SLICE_MS, hotSinceMs);
  }

  get position(): FoldPosition {
    return this.#position;
  }

  /** Events folded and not taken for storing yet. */
  get pendingEvents(): number {
    return this.#events.length;
  }

  /** Remembers an event below the position. The verdict is what it was when it was folded. */
  replay(logged: LoggedEvent): FoldVerdict {
    return this.#recent.addIfNew(logged.event, logged.logTimeMs) ? 'counted' : 'duplicate';
  }

  /** The window keys that must be restored before these events can be folded. */
  lookupsFor(
    events: readonly LoggedEvent[],
    nowMs: number,
  ): { readonly hours: readonly WindowKey[]; readonly slices: readonly WindowKey[] } {
    const hours = new Map<string, WindowKey>();
    const slices = new Map<string, WindowKey>();
    for (const { event, eventTimeMs } of events) {
      collectLookup(this.hours, event.bot_id, eventTimeMs, hours);
      if (isSliceUsed(eventTimeMs, nowMs)) {
        collectLookup(this.slices, event.bot_id, eventTimeMs, slices);
      }
    }
    return { hours: [...hours.values()], slices: [...slices.values()] };
  }

  /** Folds one event. Events must come in offset order, at or above the position. */
  fold(logged: LoggedEvent, nowMs: number): FoldVerdict {
    const { event, eventTimeMs, offset } = logged;
    if (!this.#recent.addIfNew(event, logged.logTimeMs)) return 'duplicate';
    this.#events.push(logged);
    this.hours.add(event, eventTimeMs, offset);
    if (isSliceUsed(eventTimeMs, nowMs)) this.slices.add(event, eventTimeMs, offset);
    return 'counted';
  }

  /**
   * Moves the position past everything read so far, unreadable and repeated messages included.
   * @param last - the last one; null: there was none since the position of now
   */
  advance(nextOffset: bigint, last: LastMessage | null): void {
    this.#position = { ...this.#position, nextOffset, last: last ?? this.#position.last };
  }

  /**
   * Takes what changed since the last call, null when nothing was read. The caller stores it, again
   * and again until it is stored.
   */
  takeChanges(): PartitionChanges | null {
    if (this.#position.nextOffset === this.#takenOffset) return null;
    this.#takenOffset = this.#position.nextOffset;
    const changes = {
      position: this.#position,
      events: this.#events,
      hours: [...this.hours.takeChanged()],
      slices: [...this.slices.takeChanged()],
    };
    this.#events = [];
    return changes;
  }

  /** Forgets windows that are no longer hot. To be called when all that was taken is stored. */
  forgetCold(): void {
    const last = this.#position.last;
    if (!last) return;
    // One event with a wrong time is not to send every other one to the store.
    const nowMs = Math.min(last.logTimeMs, this.#recent.agreedMs);
    this.hours.forgetBefore(nowMs - HOUR_GRACE_MS);
    this.slices.forgetBefore(nowMs - SLICE_GRACE_MS);
  }
}

/** No answer looks at older slices, and the store deletes them soon after. */
function isSliceUsed(eventTimeMs: number, nowMs: number): boolean {
  return eventTimeMs > nowMs - SLICES_KEPT_MS;
}

function collectLookup(
  windows: OpenWindows,
  botId: string,
  eventTimeMs: number,
  found: Map<string, WindowKey>,
): void {
  const key = windows.keyOf(botId, eventTimeMs);
  if (windows.needsLookup(key)) found.set(keyName(key), key);
}
