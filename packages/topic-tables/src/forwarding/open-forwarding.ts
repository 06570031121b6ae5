/**
 * Which bots have updates on the log that are not forwarded yet, by the positions that the forwarder keeps
 * on `telegram.forwarding` (key: `<bot_id>|<partition>`). Of a record, only that is read.
 */
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { FORWARDING_TOPIC } from '@hookpulse/event-log/topics';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { openTopicTable, type TopicTableDefinition, type TopicTableDeps } from '../topic-table.ts';

interface OpenPosition {
  readonly botId: string;
  /** Of the bot, something in this partition that the group's committed offset has passed is not done. */
  readonly isOpen: boolean;
  /** What an owner of before says later on does not count. */
  readonly ownedSince: number;
}

const KEY = /^([\w-]{1,64})\|\d{1,9}$/;
const positionValidator = Compile(
  Type.Object({ open: Type.Boolean(), owned_since: Type.Optional(Type.Number()) }),
);

const POSITIONS: TopicTableDefinition<OpenPosition, OpenPosition | null> = {
  topic: FORWARDING_TOPIC,
  what: 'forwarding positions',
  parse({ key, value }: LogMessage) {
    const [, botId] = KEY.exec(key ?? '') ?? [];
    if (key === null || botId === undefined) return null;
    if (value === null) return { key, change: null };
    const position = parseAs(value, positionValidator);
    if (!position) return null;
    const { open: isOpen, owned_since: ownedSince = 0 } = position;
    return { key, change: { botId, isOpen, ownedSince } };
  },
  evolve(row, position) {
    if (position === null) return undefined;
    return row !== undefined && row.ownedSince > position.ownedSince ? row : position;
  },
};

/** As on the log now. @throws LogUnavailableError */
export async function isForwardingOpen(botId: string, deps: TopicTableDeps): Promise<boolean> {
  const table = await openTopicTable(POSITIONS, deps);
  try {
    return table.rows().some((row) => row.botId === botId && row.isOpen);
  } finally {
    await table.close();
  }
}
