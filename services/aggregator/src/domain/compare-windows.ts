/** Compares every window of a piece: as it was counted anew, as the store has it, as memory has it. */
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { type Judgement, judgeWindow, type StoredWindow } from './judge-window.ts';
import type { OpenWindows, WindowKey } from './open-windows.ts';
import type { Piece } from './rebuild-plan.ts';
import { keyName, type Recount } from './recount.ts';

export interface Comparison {
  readonly piece: Piece;
  readonly recount: Recount;
  /** The newest row of each window. */
  readonly stored: readonly StoredWindow[];
  /** What was counted since the raw events were read, in the order of the log. */
  readonly later: readonly LoggedEvent[];
  /** Up to where events were folded. */
  readonly position: bigint;
}

export type DifferentWindow = WindowKey & Exclude<Judgement, { kind: 'right' }>;

/** A window's row of one version. */
export interface VersionedKey extends WindowKey {
  readonly nextOffset: bigint;
}

export interface ComparedWindows {
  /** How many there are. */
  readonly count: number;
  readonly different: readonly DifferentWindow[];
  /** Versions that stand before every one that an owner will write. */
  readonly ahead: readonly VersionedKey[];
}

/** @param windows - those in memory, of the size that is compared */
export function compareWindows(windows: OpenWindows, comparison: Comparison): ComparedWindows {
  const { piece, recount, stored, position } = comparison;
  const storedByKey = new Map(stored.map((row) => [keyName(row), row]));
  const laterByKey = Map.groupBy(
    comparison.later.filter((logged) => isIn(piece, logged)),
    ({ event, eventTimeMs }) => keyName(windows.keyOf(event.bot_id, eventTimeMs)),
  );
  const keys = new Map<string, WindowKey>();
  const note = (key: WindowKey) =>
    keys.set(keyName(key), { botId: key.botId, startMs: key.startMs });
  for (const key of recount.keys()) note(key);
  for (const key of stored) note(key);
  for (const { event, eventTimeMs } of [...laterByKey.values()].flat()) {
    note(windows.keyOf(event.bot_id, eventTimeMs));
  }
  for (const key of windows.keysBetween(piece.fromMs, piece.toMs)) {
    if (piece.botIds.includes(key.botId)) note(key);
  }

  const different: DifferentWindow[] = [];
  for (const [name, key] of keys) {
    const judgement: Judgement = judgeWindow({
      recounted: recount.get(key),
      later: laterByKey.get(name) ?? [],
      stored: storedByKey.get(name) ?? null,
      inMemory: windows.peek(key),
      position,
    });
    if (judgement.kind !== 'right') different.push({ ...key, ...judgement });
  }
  const ahead = stored.filter(({ nextOffset }) => nextOffset > position);
  return { count: keys.size, different, ahead };
}

function isIn(piece: Piece, { event, eventTimeMs }: LoggedEvent): boolean {
  const isThen = eventTimeMs >= piece.fromMs && eventTimeMs < piece.toMs;
  return isThen && piece.botIds.includes(event.bot_id);
}
