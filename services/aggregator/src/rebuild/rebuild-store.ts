/** What counting anew needs of a store: the port, declared by its user. */

import type { WindowKind } from '@hookpulse/store/tables/windows';
import type { StoredWindow, VersionedKey } from '../domain/compare-windows.ts';
import type { ChangedWindow, WindowKey } from '../domain/open-windows.ts';
import type { BotHour, Piece } from '../domain/rebuild-plan.ts';
import type { RawEvent } from '../domain/recount.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';

export interface HourSpan {
  /** Start of the first hour, milliseconds since the epoch. */
  readonly fromMs: number;
  /** End of the last hour. */
  readonly toMs: number;
  /** Null: all bots. */
  readonly botId: string | null;
}

/** A bot's hour in one epoch of a partition. */
export interface EpochHour extends BotHour {
  readonly epoch: number;
  /** Of its last raw event; null: it has none. */
  readonly lastOffset: bigint | null;
}

/** Every read sees all that was stored before it was called. */
export interface RebuildStore {
  /**
   * The hours in which the partition has raw events or rows, by epoch and bot, and of each bot in
   * order of time. @param span - a day or less
   */
  loadBotHours(partition: number, span: HourSpan): Promise<readonly EpochHour[]>;
  /** The raw events of a piece from one offset on and below another, in the order of the log, page by page. */
  readRawEvents(
    owner: PartitionEpoch,
    piece: Piece,
    fromOffset: bigint,
    belowOffset: bigint,
  ): AsyncIterable<readonly RawEvent[]>;
  /** The rows of a piece, of each window the newest one. */
  loadStoredWindows(
    kind: WindowKind,
    owner: PartitionEpoch,
    piece: Piece,
  ): Promise<readonly StoredWindow[]>;
  /** Stores windows as they are with everything below `nextOffset`. */
  saveWindows(
    owner: PartitionEpoch & { readonly nextOffset: bigint },
    windows: Readonly<Record<WindowKind, readonly ChangedWindow[]>>,
  ): Promise<void>;
  /** Deletes the rows of these windows up to a version, included. */
  deleteUpTo(
    kind: WindowKind,
    owner: PartitionEpoch,
    keys: readonly WindowKey[],
    nextOffset: bigint,
  ): Promise<void>;
  /** Deletes the rows of these windows that have exactly these versions. */
  deleteVersions(
    kind: WindowKind,
    owner: PartitionEpoch,
    keys: readonly VersionedKey[],
  ): Promise<void>;
}
