/** What came of counting a piece of a partition anew. */
import { iso } from '@hookpulse/common/values/iso';
import type { RebuiltHour } from '@hookpulse/common/windows/rebuild';
import type { DifferentWindow } from '../domain/compare-windows.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';

export interface PieceOutcome {
  /** Raw events counted. */
  readonly rawEvents: number;
  /** Hours compared. */
  readonly hours: number;
  /** The hours that differed. */
  readonly changes: readonly RebuiltHour[];
  /** Slices that differed. */
  readonly slicesChanged: number;
}

/** The partition is another process's now, or its topic was recreated: what is left is for the next owner. */
export class PartitionLostError extends Error {
  override readonly name = 'PartitionLostError';
}

export function rebuiltHour(
  { botId, startMs, kind, values }: DifferentWindow,
  { partition, epoch }: PartitionEpoch,
): RebuiltHour {
  return {
    bot_id: botId,
    hour: iso(startMs),
    partition,
    epoch,
    kind,
    values: [...values],
  };
}
