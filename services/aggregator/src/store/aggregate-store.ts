/** What the aggregator needs of a store: the port, declared by its user. */
import type { WindowKey, WindowState } from '../domain/open-windows.ts';
import type { FoldPosition, PartitionChanges } from '../domain/partition-fold.ts';

/** The windows of a partition, in one epoch of its topic. */
export interface PartitionEpoch {
  readonly partition: number;
  readonly epoch: number;
}

export interface StoredWindows {
  readonly hours: readonly WindowState[];
  readonly slices: readonly WindowState[];
}

export interface AggregateStore {
  /** The position of the newest epoch of each partition; partitions never stored are absent. */
  loadPositions(partitions: readonly number[]): Promise<readonly FoldPosition[]>;
  /** All windows of the partition that start at or after the given moments, ms since the epoch. */
  loadWindowsSince(
    owner: PartitionEpoch,
    sinceMs: { readonly hours: number; readonly slices: number },
  ): Promise<StoredWindows>;
  /** The windows with these keys, as far as they are stored. */
  loadWindows(
    owner: PartitionEpoch,
    keys: { readonly hours: readonly WindowKey[]; readonly slices: readonly WindowKey[] },
  ): Promise<StoredWindows>;
  /** Bots that reported of their own work before a moment, as far back as raw events are kept. */
  loadReportingBots(partition: number, beforeMs: number): Promise<readonly string[]>;
  /**
   * Stores changes of several partitions: events, then windows, then positions, so that a stored
   * position means that all below it is stored. Storing the same changes again changes nothing.
   * Resolves when everything is durable; on rejection any part may have been stored.
   */
  save(changes: readonly PartitionChanges[]): Promise<void>;
}
