/** Reads the raw events of a piece and counts them. */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { SLICE_MS } from '@hookpulse/common/windows/window';
import type { Piece } from '../domain/rebuild-plan.ts';
import { Recount } from '../domain/recount.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';
import type { RebuildStore } from './rebuild-store.ts';

export interface CountedPiece {
  readonly hours: Recount;
  readonly slices: Recount;
  readonly rawEvents: number;
}

export interface RecountOptions {
  /** Null: all raw events of the epoch. */
  readonly belowOffset: bigint | null;
  /** Slices that start earlier are not counted, milliseconds since the epoch. */
  readonly slicesFromMs: number;
}

export async function recountPiece(
  store: RebuildStore,
  owner: PartitionEpoch,
  piece: Piece,
  { belowOffset, slicesFromMs }: RecountOptions,
): Promise<CountedPiece> {
  const hours = new Recount(HOUR_MS);
  const slices = new Recount(SLICE_MS);
  let rawEvents = 0;
  for await (const page of store.readRawEvents(owner, piece, belowOffset)) {
    for (const event of page) {
      hours.add(event);
      if (event.timeMs >= slicesFromMs) slices.add(event);
    }
    rawEvents += page.length;
  }
  return { hours, slices, rawEvents };
}
