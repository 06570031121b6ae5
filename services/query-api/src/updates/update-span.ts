/** Where on `telegram.updates` updates stand that were received at some time. */
import { MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { UpdatesSpan } from './read-updates.ts';

/**
 * Ingest stamps an update before the log takes it. The log may be away for a while in between, and the
 * two clocks may differ.
 */
export const BEFORE_RECEIPT_MS = 2 * SECOND_MS;
export const AFTER_RECEIPT_MS = MINUTE_MS;
/** How far behind its event an update may stand by its log time. */
export const EARLIEST_MS = MINUTE_MS;
/** Of an update whose event is not stored yet: it came just now. */
export const JUST_NOW_MS = 5 * MINUTE_MS;

/** @param toMs - null: up to the end as it is now  @throws LogUnavailableError */
export async function updatesSpan(
  log: Pick<EventLog, 'offsetsAt' | 'partitionFor' | 'ranges'>,
  botId: string,
  fromMs: number,
  toMs: number | null,
): Promise<UpdatesSpan> {
  const partition = await log.partitionFor(UPDATES_TOPIC, botId);
  const at = async (timeMs: number) => {
    const positions = await log.offsetsAt(UPDATES_TOPIC, timeMs);
    return positions.find((one) => one.partition === partition)?.offset ?? 0n;
  };
  const ranges = await log.ranges(UPDATES_TOPIC);
  const end = ranges.find((one) => one.partition === partition)?.endOffset ?? 0n;
  return {
    botId,
    partition,
    from: await at(fromMs),
    to: toMs === null ? end : await at(toMs),
  };
}
