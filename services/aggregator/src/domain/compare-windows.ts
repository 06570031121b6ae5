/** Is each window of a piece what its raw events add up to: in the store, and in memory? */
import type { REBUILT_KINDS, RebuiltValue } from '@hookpulse/common/windows/rebuild';
import { snapshotWindow, type Window } from '@hookpulse/common/windows/window';
import { type KeyedWindow, keyName, type WindowKey } from './open-windows.ts';
import {
  type ComparedWindow,
  comparedWindow,
  differingValues,
  NO_WINDOW,
} from './window-values.ts';

/** A window's row of one version: the first offset that it says it has not seen. */
export interface VersionedKey extends WindowKey {
  readonly nextOffset: bigint;
}

/** A row as the store has it. */
export interface StoredWindow extends VersionedKey {
  readonly compared: ComparedWindow;
}

/** The three sides, all of them with everything below the position. */
export interface Comparison {
  readonly recounted: Iterable<KeyedWindow>;
  /** The newest row of each window. */
  readonly stored: readonly StoredWindow[];
  readonly inMemory: readonly KeyedWindow[];
  readonly position: bigint;
}

export interface Difference {
  readonly kind: (typeof REBUILT_KINDS)[number];
  readonly values: readonly RebuiltValue[];
}

export interface DifferentWindow extends WindowKey, Difference {
  /** What it has to be; null: there is nothing to count. */
  readonly window: Window | null;
}

export interface ComparedWindows {
  /** How many there are. */
  readonly count: number;
  readonly different: readonly DifferentWindow[];
}

export function compareWindows(comparison: Comparison): ComparedWindows {
  const { position } = comparison;
  const recounted = byName(comparison.recounted);
  const stored = byName(comparison.stored);
  const inMemory = byName(comparison.inMemory);
  const keys = new Map<string, WindowKey>([...recounted, ...stored, ...inMemory]);
  const different = [...keys].flatMap(([name, { botId, startMs }]) => {
    const window = recounted.get(name)?.window ?? null;
    const difference = judgeWindow({
      recounted: window,
      stored: stored.get(name) ?? null,
      inMemory: inMemory.get(name)?.window ?? null,
      position,
    });
    return difference ? [{ botId, startMs, window, ...difference }] : [];
  });
  return { count: keys.size, different };
}

export interface WindowFacts {
  /** Null: there are no raw events. */
  readonly recounted: Window | null;
  /** Null: there is no row. */
  readonly stored: StoredWindow | null;
  /** Null: it is not in memory. */
  readonly inMemory: Window | null;
  readonly position: bigint;
}

/** Null: it is right. A row that says to have seen more than the position is wrong in any case. */
export function judgeWindow({
  recounted,
  stored,
  inMemory,
  position,
}: WindowFacts): Difference | null {
  const truth = comparedOf(recounted);
  const values = differingValues(stored?.compared ?? NO_WINDOW, truth);
  if (stored && stored.nextOffset > position) {
    values.push({
      name: 'next_offset',
      before: Number(stored.nextOffset),
      after: Number(position),
    });
  }
  if (!stored && recounted) return { kind: 'added', values };
  if (stored && !recounted) return { kind: 'deleted', values };
  if (values.length > 0) return { kind: 'changed', values };
  // The row is right: is memory as well, which will replace it?
  const remembered = inMemory ? differingValues(comparedOf(inMemory), truth) : [];
  return remembered.length > 0 ? { kind: 'changed', values: remembered } : null;
}

function comparedOf(window: Window | null): ComparedWindow {
  return window ? comparedWindow(snapshotWindow(window)) : NO_WINDOW;
}

function byName<Key extends WindowKey>(keys: Iterable<Key>): Map<string, Key> {
  return new Map(Array.from(keys, (key) => [keyName(key), key]));
}
