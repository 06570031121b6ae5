/** Is a window what its raw events add up to: in the store, and in memory? */
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import type { REBUILT_KINDS, RebuiltValue } from '@hookpulse/common/windows/rebuild';
import {
  addEvent,
  emptyWindow,
  snapshotWindow,
  type Window,
} from '@hookpulse/common/windows/window';
import type { WindowKey } from './open-windows.ts';
import {
  type ComparedWindow,
  comparedWindow,
  differingValues,
  NO_WINDOW,
} from './window-values.ts';

/** A row as the store has it. */
export interface StoredWindow extends WindowKey {
  /** The first offset that it says it has not seen. */
  readonly nextOffset: bigint;
  readonly compared: ComparedWindow;
}

export interface WindowFacts {
  /** From the raw events below an offset; null: there are none. It is used up by the judgement. */
  readonly recounted: Window | null;
  /** Events that were counted from that offset on, in the order of the log. */
  readonly later: readonly LoggedEvent[];
  /** Null: there is no row. */
  readonly stored: StoredWindow | null;
  /** Undefined: it is not in memory. */
  readonly inMemory: Window | undefined;
  /** Up to where events were folded. */
  readonly position: bigint;
}

export type Judgement =
  | { readonly kind: 'right' }
  | {
      readonly kind: (typeof REBUILT_KINDS)[number];
      readonly values: readonly RebuiltValue[];
      /** What it has to be at the position; null: there is nothing to count. */
      readonly window: Window | null;
    };

/**
 * Both are compared with what they have seen: the row with the events below its version, memory with
 * all below the position. A row that says to have seen more than that is wrong in any case.
 */
export function judgeWindow(facts: WindowFacts): Judgement {
  const { stored, later, position } = facts;
  const isAhead = stored !== null && stored.nextOffset > position;
  const seenBelow = stored === null ? 0n : isAhead ? position : stored.nextOffset;
  const window = facts.recounted ?? emptyWindow();
  addAll(
    window,
    later.filter(({ offset }) => offset < seenBelow),
  );
  const values = [
    ...differingValues(stored?.compared ?? NO_WINDOW, comparedWindow(snapshotWindow(window))),
    ...(isAhead
      ? [{ name: 'next_offset', before: Number(stored.nextOffset), after: Number(position) }]
      : []),
  ];
  const isUnfounded = stored !== null && isEmpty(window);
  const isMissing = stored === null && !isEmpty(window);
  addAll(
    window,
    later.filter(({ offset }) => offset >= seenBelow),
  );

  const whole = isEmpty(window) ? null : window;
  if (isMissing) return { kind: 'added', values, window: whole };
  if (isUnfounded) return { kind: whole ? 'changed' : 'deleted', values, window: whole };
  if (values.length > 0) return { kind: 'changed', values, window: whole };
  return judgeMemory(facts.inMemory, window, whole);
}

/** The row is right: is memory as well, which will replace it? */
function judgeMemory(
  inMemory: Window | undefined,
  window: Window,
  whole: Window | null,
): Judgement {
  if (!inMemory) return { kind: 'right' };
  const values = differingValues(
    comparedWindow(snapshotWindow(inMemory)),
    comparedWindow(snapshotWindow(window)),
  );
  return values.length === 0 ? { kind: 'right' } : { kind: 'changed', values, window: whole };
}

function addAll(window: Window, events: readonly LoggedEvent[]): void {
  for (const { event, eventTimeMs } of events) addEvent(window, event, eventTimeMs);
}

function isEmpty(window: Window): boolean {
  return window.lastEventMs === null;
}
