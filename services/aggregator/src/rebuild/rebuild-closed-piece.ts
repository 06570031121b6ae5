/**
 * Counts a piece of an epoch anew that is over. Nobody folds into it any more, so all its raw events
 * are there, and its rows can be replaced at once.
 */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { snapshotWindow } from '@hookpulse/common/windows/window';
import { compareWindows } from '../domain/compare-windows.ts';
import { OpenWindows } from '../domain/open-windows.ts';
import type { Piece } from '../domain/rebuild-plan.ts';
import { keyName } from '../domain/recount.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';
import { type PieceOutcome, rebuiltHour } from './piece-outcome.ts';
import type { RebuildStore } from './rebuild-store.ts';
import { recountPiece } from './recount-piece.ts';

export interface ClosedPieceOptions {
  readonly store: RebuildStore;
  readonly isDryRun: boolean;
  /** Does what must not be left half done, again if need be. */
  persist(work: () => Promise<void>): Promise<void>;
  /** @throws PartitionLostError when the partition is another process's now. */
  assertOwned(): void;
}

const MAX_OFFSET = 2n ** 64n - 1n;
const NOTHING_IN_MEMORY = new OpenWindows(HOUR_MS, 0);

export async function rebuildClosedPiece(
  piece: Piece,
  owner: PartitionEpoch,
  { store, isDryRun, persist, assertOwned }: ClosedPieceOptions,
): Promise<PieceOutcome> {
  const counted = await recountPiece(store, owner, piece, {
    belowOffset: null,
    slicesFromMs: Number.POSITIVE_INFINITY,
  });
  const stored = await store.loadStoredWindows('hours', owner, piece);
  const { count, different } = compareWindows(NOTHING_IN_MEMORY, {
    piece,
    recount: counted.hours,
    stored,
    later: [],
    position: MAX_OFFSET,
  });
  if (!isDryRun && different.length > 0) {
    assertOwned();
    const seen = (counted.hours.lastOffset ?? -1n) + 1n;
    const versions = new Map(stored.map((row) => [keyName(row), row.nextOffset]));
    const rows = different.flatMap(({ botId, startMs, window }) => {
      if (!window) return [];
      // It wins over the row that it replaces, whatever that says to have seen.
      const version = versions.get(keyName({ botId, startMs })) ?? 0n;
      const nextOffset = version > seen ? version : seen;
      return [{ botId, startMs, window: snapshotWindow(window), nextOffset }];
    });
    await persist(() => store.saveHours(owner, rows));
    const unfounded = different.filter(({ window }) => window === null);
    await persist(() => store.deleteUpTo('hours', owner, unfounded, MAX_OFFSET));
  }
  return {
    rawEvents: counted.rawEvents,
    hours: count,
    changes: different.map((window) => rebuiltHour(window, owner)),
    slicesChanged: 0,
  };
}
