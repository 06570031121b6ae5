/** How long records have waited on the log: what lag in messages does not tell. */
import type { EventLog, LogPosition } from '@hookpulse/event-log/event-log';

/** The log is asked for the first offset at a moment, so the answer is one of these steps. */
const FIRST_STEP_MS = 1_000;
const STEP_FACTOR = 1.25;
/** Beyond, a record is as good as lost to retention. */
const OLDEST_MS = 8 * 24 * 3_600_000;

/**
 * Age of the oldest record at or behind each position, seconds by partition: rounded down, by a fifth at
 * most; 0 for less than a second, and where there is none.
 * @param positions - of one topic: the first offset of each partition that is not handled
 * @throws LogUnavailableError
 */
export async function oldestRecordAges(
  log: Pick<EventLog, 'offsetsAt' | 'ranges'>,
  topic: string,
  positions: readonly LogPosition[],
  nowMs: number,
): Promise<ReadonlyMap<number, number>> {
  const ages = new Map(positions.map(({ partition }) => [partition, 0]));
  const ranges = new Map((await log.ranges(topic)).map((range) => [range.partition, range]));
  let open = positions.flatMap(({ partition, offset }) => {
    const { startOffset, endOffset } = ranges.get(partition) ?? { startOffset: 0n, endOffset: 0n };
    const from = offset > startOffset ? offset : startOffset;
    return from < endOffset ? [{ partition, from }] : [];
  });
  for (let ageMs = FIRST_STEP_MS; open.length > 0 && ageMs < OLDEST_MS; ageMs *= STEP_FACTOR) {
    const reached = await log.offsetsAt(topic, Math.round(nowMs - ageMs));
    const offsets = new Map(reached.map(({ partition, offset }) => [partition, offset]));
    // Older than the moment is what stands before its offset.
    open = open.filter(({ partition, from }) => (offsets.get(partition) ?? 0n) > from);
    for (const { partition } of open) ages.set(partition, ageMs / 1_000);
  }
  return ages;
}
