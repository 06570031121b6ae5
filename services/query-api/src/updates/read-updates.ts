/** Reads updates of one bot from a stretch of `telegram.updates`. */
import { readUpdateRecord, type UpdateRecord } from '@hookpulse/common/events/update-record';
import type { EventLog, LogMessage } from '@hookpulse/event-log/event-log';
import { REPLAY_HEADER, UPDATES_TOPIC } from '@hookpulse/event-log/topics';

export interface UpdatesSpan {
  readonly botId: string;
  readonly partition: number;
  /** Offsets; what is before the first one held is left out. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface ReadUpdate extends UpdateRecord {
  readonly message: LogMessage;
}

/**
 * Most messages that one request reads, those of other bots included: some seconds of reading. What is
 * left is for the next request.
 */
export const MAX_READ_MESSAGES = 200_000;

const decoder = new TextDecoder();

/**
 * Hands over the bot's updates in the order of the log. What a replay has put there is left out: it is
 * there already, from Telegram.
 * @param take - false: no more is wanted
 * @returns the offset to read on from: `to` when all was read
 * @throws LogUnavailableError
 */
export async function readUpdates(
  log: Pick<EventLog, 'follow' | 'ranges'>,
  { botId, partition, from, to }: UpdatesSpan,
  take: (update: ReadUpdate) => boolean,
): Promise<bigint> {
  const ranges = await log.ranges(UPDATES_TOPIC);
  const range = ranges.find((one) => one.partition === partition);
  const start = range && range.startOffset > from ? range.startOffset : from;
  const end = range && range.endOffset < to ? range.endOffset : to;
  if (!range || start >= end) return to;
  const done = Promise.withResolvers<void>();
  let next = start;
  let left = MAX_READ_MESSAGES;
  let isDone = false;
  const finish = () => {
    isDone = true;
    done.resolve();
  };
  const follower = await log.follow({
    topic: UPDATES_TOPIC,
    // Nothing of the other partitions.
    from: ranges.map(({ partition: other, endOffset }) => ({
      topic: UPDATES_TOPIC,
      partition: other,
      offset: other === partition ? start : endOffset,
    })),
    onMessage(message) {
      if (isDone || message.partition !== partition) return;
      if (message.offset >= end) {
        // Markers of transactions may stand between the last message and the end.
        next = end;
        return finish();
      }
      next = message.offset + 1n;
      left -= 1;
      const update = updateOf(message, botId);
      const isMoreWanted = update === null || take(update);
      if (!isMoreWanted || left === 0) finish();
    },
    onReached(reached) {
      if (isDone || reached.partition !== partition) return;
      next = reached.offset;
      if (next >= end) finish();
    },
  });
  try {
    // The partition may be at its end already without a message that says so.
    await Promise.race([done.promise, follower.caughtUp]);
    return isDone && next < end ? next : to;
  } finally {
    isDone = true;
    await follower.close();
  }
}

function updateOf(message: LogMessage, botId: string): ReadUpdate | null {
  const { key, value, headers } = message;
  if (key !== botId || value === null || headers[REPLAY_HEADER] !== undefined) return null;
  const record = readUpdateRecord(decoder.decode(value));
  return record && { ...record, message };
}
