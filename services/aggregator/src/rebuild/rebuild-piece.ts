/**
 * Counts a piece of a partition anew.
 *
 * Most of its raw events are read while its owner goes on folding. For the rest the partition is paused,
 * with all that was folded stored: raw events, rows and memory then say the same of everything below one
 * offset, or are wrong. What differs is stored as of that offset and put into memory before folding goes
 * on, so there is no second writer whose order would matter.
 */
import { iso } from '@hookpulse/common/values/iso';
import type { RebuiltHour } from '@hookpulse/common/windows/rebuild';
import { snapshotWindow } from '@hookpulse/common/windows/window';
import type { WindowKind } from '@hookpulse/store/tables/windows';
import {
  compareWindows,
  type DifferentWindow,
  type StoredWindow,
} from '../domain/compare-windows.ts';
import { keyName, type OpenWindows } from '../domain/open-windows.ts';
import type { PartitionFold } from '../domain/partition-fold.ts';
import { Recount } from '../domain/recount.ts';
import { BehindError } from './patience.ts';
import type { EpochPiece } from './plan-day.ts';
import type { RebuildStore } from './rebuild-store.ts';

/** A partition, as its owner has it. */
export interface OwnedPartition {
  readonly fold: PartitionFold;
  /** Stores all that was folded. */
  flush(): Promise<void>;
  /** Does something while nothing is folded and all that was folded is stored. @throws PartitionLostError */
  whilePaused<Result>(work: () => Promise<Result>): Promise<Result>;
  /** @throws PartitionLostError when it is another process's now */
  assertOwned(): void;
  /** Where the log ends now. */
  endOffset(): Promise<bigint>;
}

export interface PieceOptions {
  readonly store: RebuildStore;
  readonly isDryRun: boolean;
  /** Slices that start earlier are no longer asked for, milliseconds since the epoch. */
  readonly slicesFromMs: number;
}

/** What came of a piece in all attempts: a window that was looked at twice has changed once. */
export class PieceOutcome {
  /** Raw events counted. */
  rawEvents = 0;
  /** Hours compared. */
  hours = 0;
  /** The hours that differed, by name of their key. */
  readonly changes = new Map<string, RebuiltHour>();
  /** The slices that differed, by name of their key. */
  readonly slicesChanged = new Set<string>();
}

const KINDS = ['hours', 'slices'] as const;
const MAX_OFFSET = 2n ** 64n - 1n;

/**
 * Makes one attempt; another one does no harm, and makes up for one that failed.
 * @returns whether to look again, because rows were deleted that hid others
 * @throws BehindError, PartitionLostError; what the store or the log throws
 */
export async function rebuildPiece(
  piece: EpochPiece,
  partition: OwnedPartition,
  { store, isDryRun, slicesFromMs }: PieceOptions,
  outcome: PieceOutcome,
): Promise<boolean> {
  const { fold } = partition;
  const owner = { partition: fold.position.partition, epoch: piece.epoch };
  // Nobody folds into it any more: all its raw events are there, and none of its rows is ahead of them.
  const isOver = piece.epoch !== fold.position.epoch;
  const spans = {
    hours: piece,
    slices: { ...piece, fromMs: Math.max(piece.fromMs, slicesFromMs) },
  };
  const recount = new Recount(slicesFromMs);
  const count = async (fromOffset: bigint, belowOffset: bigint) => {
    for await (const page of store.readRawEvents(owner, piece, fromOffset, belowOffset)) {
      for (const event of page) recount.add(event);
    }
  };
  const load = (kind: WindowKind) => store.loadStoredWindows(kind, owner, spans[kind]);

  const storedBelow = fold.position.nextOffset;
  await partition.flush();
  await count(0n, storedBelow);
  const { position, different, ahead } = await partition.whilePaused(async () => {
    await count(storedBelow, isOver ? MAX_OFFSET : fold.position.nextOffset);
    const stored = { hours: await load('hours'), slices: await load('slices') };
    const position = isOver
      ? latestOffset([recount, ...stored.hours, ...stored.slices])
      : fold.position.nextOffset;
    const isAhead = ({ nextOffset }: StoredWindow) => nextOffset > position;
    const ahead = { hours: stored.hours.filter(isAhead), slices: stored.slices.filter(isAhead) };
    await assertNotBehind([...ahead.hours, ...ahead.slices], partition);

    const compare = (kind: WindowKind) =>
      compareWindows({
        recounted: recount[kind],
        stored: stored[kind],
        inMemory: isOver ? [] : inMemory(fold[kind], spans[kind]),
        position,
      });
    const hours = compare('hours');
    const different = { hours: hours.different, slices: compare('slices').different };
    outcome.rawEvents = recount.rawEvents;
    outcome.hours = hours.count;
    for (const window of different.hours) {
      const name = keyName(window);
      if (!outcome.changes.has(name)) outcome.changes.set(name, rebuiltHour(window, owner));
    }
    for (const window of different.slices) outcome.slicesChanged.add(keyName(window));
    if (!isDryRun && different.hours.length + different.slices.length > 0) {
      partition.assertOwned();
      const rows = { hours: snapshots(different.hours), slices: snapshots(different.slices) };
      if (!isOver) for (const kind of KINDS) mend(fold[kind], different[kind], position);
      await store.saveWindows({ ...owner, nextOffset: position }, rows);
    }
    return { position, different, ahead };
  });
  if (isDryRun) return false;
  for (const kind of KINDS) {
    const unfounded = different[kind].filter(({ window }) => window === null);
    await store.deleteUpTo(kind, owner, unfounded, position);
    await store.deleteVersions(kind, owner, ahead[kind]);
  }
  return ahead.hours.length + ahead.slices.length > 0;
}

/**
 * Rows beyond the position are another owner's who came further, or nobody's: no owner goes beyond the
 * end of the log.
 * @throws BehindError when one of them is another owner's
 */
async function assertNotBehind(
  ahead: readonly StoredWindow[],
  partition: OwnedPartition,
): Promise<void> {
  if (ahead.length === 0) return;
  const endOffset = await partition.endOffset();
  if (ahead.some(({ nextOffset }) => nextOffset <= endOffset)) throw new BehindError();
}

function inMemory(windows: OpenWindows, { botIds, fromMs, toMs }: EpochPiece) {
  return [...windows.between(fromMs, toMs)].filter(({ botId }) => botIds.includes(botId));
}

function snapshots(different: readonly DifferentWindow[]) {
  return different.flatMap(({ botId, startMs, window }) =>
    window ? [{ botId, startMs, window: snapshotWindow(window) }] : [],
  );
}

/** Corrects the windows in memory. A window that is not in memory is read from the store, which is already corrected. */
function mend(windows: OpenWindows, different: readonly DifferentWindow[], position: bigint): void {
  for (const { window, ...key } of different) {
    if (windows.needsLookup(key)) continue;
    if (window) windows.restore({ ...key, window, nextOffset: position });
    else windows.restoreEmpty(key);
  }
}

function latestOffset(places: readonly { readonly nextOffset: bigint }[]): bigint {
  return places.reduce((latest, { nextOffset }) => (nextOffset > latest ? nextOffset : latest), 0n);
}

function rebuiltHour(
  { botId, startMs, kind, values }: DifferentWindow,
  owner: { readonly partition: number; readonly epoch: number },
): RebuiltHour {
  return { bot_id: botId, hour: iso(startMs), ...owner, kind, values: [...values] };
}
