/** The record on `telegram.forwarding` of how far a bot has come in a partition. */
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { FORWARDING_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import type { RowChange, TopicTableDefinition } from '@hookpulse/topic-tables/topic-table';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { LaneProgress } from '../domain/bot-lane.ts';

export interface ProgressRecord extends LaneProgress {
  readonly botId: string;
  readonly partition: number;
  /**
   * Whether updates from `next` on wait, so that a new owner has to read from there; else everything
   * of the bot below the committed offset of the group is done.
   */
  readonly isOpen: boolean;
  /** Updates of the bot known to wait on the log and not in memory. */
  readonly waiting: number;
  /**
   * When its owner got the partition, milliseconds since the epoch, and later than each owner before. What
   * an owner before says after that does not count: it may have been paused, and not know of the new one.
   */
  readonly ownedSince: number;
}

/** Offsets as decimal texts: they may be larger than numbers can be exact. */
const OffsetText = Type.String({ pattern: '^[0-9]{1,19}$' });
const recordValidator = Compile(
  Type.Object({
    next: OffsetText,
    done: Type.Array(OffsetText),
    open: Type.Boolean(),
    waiting: Type.Number(),
    /** Absent in records of earlier versions. */
    attempts: Type.Optional(Type.Array(Type.Tuple([OffsetText, Type.Integer({ minimum: 1 })]))),
    /** As `attempts`. */
    owned_since: Type.Optional(Type.Number()),
  }),
);
const KEY_PATTERN = /^([\w-]{1,64})\|(\d{1,9})$/;

export const PROGRESS: TopicTableDefinition<ProgressRecord, ProgressRecord | null> = {
  topic: FORWARDING_TOPIC,
  what: 'forwarding positions',
  parse: parseProgress,
  evolve(row, record) {
    if (record === null) return undefined;
    return row !== undefined && row.ownedSince > record.ownedSince ? row : record;
  },
};

export function progressMessage(record: ProgressRecord): OutgoingMessage {
  const { next, done, isOpen, waiting, attempts, ownedSince } = record;
  return {
    topic: FORWARDING_TOPIC,
    key: keyOf(record),
    value: JSON.stringify({
      next: String(next),
      done: done.map(String),
      open: isOpen,
      waiting,
      owned_since: ownedSince,
      ...(attempts.size === 0
        ? {}
        : { attempts: Array.from(attempts, ([offset, count]) => [String(offset), count]) }),
    }),
    headers: schemaHeader(FORWARDING_TOPIC),
  };
}

/** Lets the log forget a bot that is not forwarded any more. */
export function forgetProgressMessage(
  place: Pick<ProgressRecord, 'botId' | 'partition'>,
): OutgoingMessage {
  return { topic: FORWARDING_TOPIC, key: keyOf(place), value: null };
}

function parseProgress({ key, value }: LogMessage): RowChange<ProgressRecord | null> | null {
  const [, botId, partition] = KEY_PATTERN.exec(key ?? '') ?? [];
  if (key === null || botId === undefined) return null;
  if (value === null) return { key, change: null };
  const record = parseAs(value, recordValidator);
  if (record === null) return null;
  const change = {
    botId,
    partition: Number(partition),
    next: BigInt(record.next),
    done: record.done.map(BigInt),
    isOpen: record.open,
    waiting: record.waiting,
    ownedSince: record.owned_since ?? 0,
    attempts: new Map(
      (record.attempts ?? []).map(([offset, count]) => [BigInt(offset), count] as const),
    ),
  };
  return { key, change };
}

function keyOf({ botId, partition }: Pick<ProgressRecord, 'botId' | 'partition'>): string {
  return `${botId}|${partition}`;
}
