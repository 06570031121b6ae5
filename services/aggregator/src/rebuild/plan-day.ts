/** Which pieces there are to count anew in a day of a partition. */
import { keyName } from '../domain/open-windows.ts';
import { type Piece, piecesOf } from '../domain/rebuild-plan.ts';
import { RebuildFailedError } from './patience.ts';
import type { OwnedPartition } from './rebuild-piece.ts';
import type { EpochHour, HourSpan, RebuildStore } from './rebuild-store.ts';

export interface EpochPiece extends Piece {
  readonly epoch: number;
}

/**
 * What the store has in a day, and what only memory has. Epochs yet to come are not ours.
 * @throws RebuildFailedError when log and store do not belong together
 */
export async function planDay(
  span: HourSpan,
  store: RebuildStore,
  partition: OwnedPartition,
): Promise<EpochPiece[]> {
  const { partition: id, epoch } = partition.fold.position;
  const stored = await store.loadBotHours(id, span);
  await assertLogHolds(stored, partition);
  const known = new Set(stored.map((hour) => `${hour.epoch} ${keyName(hour)}`));
  const onlyInMemory = [...partition.fold.hours.between(span.fromMs, span.toMs)]
    .filter(({ botId }) => span.botId === null || botId === span.botId)
    .filter((key) => !known.has(`${epoch} ${keyName(key)}`))
    .map(({ botId, startMs }) => ({ botId, startMs, epoch, events: 0 }));
  const byEpoch = Map.groupBy([...stored, ...onlyInMemory], (hour) => hour.epoch);
  return [...byEpoch]
    .filter(([one]) => one <= epoch)
    .flatMap(([one, hours]) => piecesOf(hours).map((piece) => ({ ...piece, epoch: one })));
}

/**
 * Where raw events stand beyond the end of the log, log and store do not belong together: one of them
 * was replaced, with the positions by which that would have been noticed. What the log does not know
 * would be lost.
 */
async function assertLogHolds(
  hours: readonly EpochHour[],
  partition: OwnedPartition,
): Promise<void> {
  const { epoch, nextOffset } = partition.fold.position;
  const isBeyond = (offset: bigint) =>
    hours.some((hour) => hour.epoch === epoch && (hour.lastOffset ?? -1n) >= offset);
  if (!isBeyond(nextOffset) || !isBeyond(await partition.endOffset())) return;
  throw new RebuildFailedError(
    'Some raw events are beyond the end of the log: the log and the store do not match. These hours were not changed.',
  );
}
