/**
 * Counts a piece of the current epoch anew while its owner goes on folding.
 *
 * The raw events are read up to the offset below which all is stored; what the owner counts from there
 * on is listened to. Then, in one go between two batches, every window is compared, in the store and
 * in memory, and what differs is replaced in memory: it is stored with the next flush, by the one who
 * stores all windows of the partition. So there is no second writer whose order would matter.
 */

import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import type { WindowKind } from '@hookpulse/store/tables/windows';
import { compareWindows, type DifferentWindow } from '../domain/compare-windows.ts';
import type { StoredWindow } from '../domain/judge-window.ts';
import type { OpenWindows } from '../domain/open-windows.ts';
import type { PartitionFold } from '../domain/partition-fold.ts';
import type { Piece } from '../domain/rebuild-plan.ts';
import { type PieceOutcome, rebuiltHour } from './piece-outcome.ts';
import type { RebuildStore } from './rebuild-store.ts';
import { recountPiece } from './recount-piece.ts';

/** The partition, as its owner has it. */
export interface LivePartition {
  readonly fold: PartitionFold;
  /**
   * What was counted from an offset on, in the order of the log. The offset never goes back, and is
   * one below which all is stored.
   */
  countedFrom(offset: bigint): readonly LoggedEvent[];
  /** Does something while no batch is being folded. @throws PartitionLostError */
  betweenBatches<Result>(work: () => Result): Promise<Result>;
  /** Stores all that was folded and replaced. */
  flush(): Promise<void>;
  /** Where the log ends now. */
  endOffset(): Promise<bigint>;
}

export interface LivePieceOptions {
  readonly store: RebuildStore;
  readonly isDryRun: boolean;
  /** Does what must not be left half done, again if need be. */
  persist(work: () => Promise<void>): Promise<void>;
  /** Slices that start earlier are no longer asked for, milliseconds since the epoch. */
  readonly slicesFromMs: number;
}

export type LivePieceResult =
  | { readonly kind: 'done'; readonly outcome: PieceOutcome; readonly mustLookAgain: boolean }
  /** A row has seen more than the owner has folded: come again when it has folded so far. */
  | { readonly kind: 'behind'; readonly offset: bigint };

const KINDS = ['hours', 'slices'] as const;

export async function rebuildLivePiece(
  piece: Piece,
  partition: LivePartition,
  options: LivePieceOptions,
): Promise<LivePieceResult> {
  const { fold } = partition;
  const { store, slicesFromMs } = options;
  const owner = fold.position;
  // So that what was counted since the rows were read is in memory when they are compared.
  fold.hold(true);
  try {
    const countedBelow = fold.storedOffset;
    const counted = await recountPiece(store, owner, piece, {
      belowOffset: countedBelow,
      slicesFromMs,
    });
    const slicesPiece = { ...piece, fromMs: Math.max(piece.fromMs, slicesFromMs) };
    const stored = {
      hours: await store.loadStoredWindows('hours', owner, piece),
      slices:
        slicesPiece.fromMs < piece.toMs
          ? await store.loadStoredWindows('slices', owner, slicesPiece)
          : [],
    };
    const behind = await offsetToWaitFor([...stored.hours, ...stored.slices], partition);
    if (behind !== null) return { kind: 'behind', offset: behind };

    const compared = await partition.betweenBatches(() => {
      const later = partition.countedFrom(countedBelow);
      const compare = (kind: WindowKind, span: Piece) =>
        compareWindows(fold[kind], {
          piece: span,
          recount: counted[kind],
          stored: stored[kind],
          later,
          position: fold.position.nextOffset,
        });
      const hours = compare('hours', piece);
      const slices = compare('slices', slicesPiece);
      if (!options.isDryRun) {
        replaceAll(fold.hours, hours.different, fold.position.nextOffset);
        replaceAll(fold.slices, slices.different, fold.position.nextOffset);
      }
      return { hours, slices, position: fold.position.nextOffset };
    });
    const outcome = {
      rawEvents: counted.rawEvents,
      hours: compared.hours.count,
      changes: compared.hours.different.map((window) => rebuiltHour(window, owner)),
      slicesChanged: compared.slices.different.length,
    };
    const differs = outcome.changes.length + outcome.slicesChanged > 0;
    if (!differs || options.isDryRun) return { kind: 'done', outcome, mustLookAgain: false };
    fold.hold(false);
    await partition.flush();
    let hasDeletedAhead = false;
    for (const kind of KINDS) {
      const { different, ahead } = compared[kind];
      const unfounded = different.filter(({ window }) => window === null);
      await options.persist(() => store.deleteUpTo(kind, owner, unfounded, compared.position));
      await options.persist(() => store.deleteVersions(kind, owner, ahead));
      hasDeletedAhead ||= ahead.length > 0;
    }
    return { kind: 'done', outcome, mustLookAgain: hasDeletedAhead };
  } finally {
    fold.hold(false);
  }
}

/**
 * Rows beyond the position are another owner's who came further, or nobody's: no owner goes beyond the
 * end of the log. @returns the offset to fold up to first; null: none
 */
async function offsetToWaitFor(
  rows: readonly StoredWindow[],
  partition: LivePartition,
): Promise<bigint | null> {
  const isBeyond = ({ nextOffset }: StoredWindow) =>
    nextOffset > partition.fold.position.nextOffset;
  if (!rows.some(isBeyond)) return null;
  const endOffset = await partition.endOffset();
  const offsets = rows
    .filter((row) => isBeyond(row) && row.nextOffset <= endOffset)
    .map(({ nextOffset }) => nextOffset);
  return offsets.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? null;
}

function replaceAll(
  windows: OpenWindows,
  different: readonly DifferentWindow[],
  position: bigint,
): void {
  for (const window of different) windows.replace(window, window.window, position);
}
