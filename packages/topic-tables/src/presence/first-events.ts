/**
 * Which bots have had an event since they were enabled, on the compacted topic `webhook.first-events`.
 * Before that a bot waits for its first delivery, and is not silent.
 */

import { BotId } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { FIRST_EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import {
  openTopicTable,
  type RowChange,
  type TableWrite,
  type TopicTableDefinition,
  type TopicTableDeps,
} from '../topic-table.ts';

export interface FirstEvents {
  /** The event that showed that a bot is heard, milliseconds since the epoch; null: none is known. */
  heardMs(botId: string): number | null;
  /**
   * Remembers that bots were heard. Resolves when it is durable and visible here.
   * @param heard - by bot, milliseconds since the epoch
   * @throws LogUnavailableError
   */
  note(heard: ReadonlyMap<string, number>): Promise<void>;
  close(): Promise<void>;
}

const FirstEventSchema = Type.Object({
  bot_id: BotId,
  heard_at: Type.String({ format: 'date-time', description: 'ISO 8601, UTC, ms' }),
});
const firstEventValidator = Compile(FirstEventSchema);

/** Keeps one publish small when a whole fleet is heard for the first time. */
const MAX_PER_PUBLISH = 200;

/** By bot when it was heard, milliseconds since the epoch; null ends the row. */
const FIRST_EVENTS: TopicTableDefinition<number, number | null> = {
  topic: FIRST_EVENTS_TOPIC,
  what: 'first events',
  parse: parseFirstEvent,
  evolve: (_, heardMs) => heardMs ?? undefined,
};

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openFirstEvents(deps: TopicTableDeps): Promise<FirstEvents> {
  const table = await openTopicTable(FIRST_EVENTS, deps);
  return {
    heardMs: (botId) => table.get(botId) ?? null,
    async note(heard) {
      const writes = Array.from(heard, toWrite);
      for (let from = 0; from < writes.length; from += MAX_PER_PUBLISH) {
        await table.write(writes.slice(from, from + MAX_PER_PUBLISH));
      }
    },
    close: () => table.close(),
  };
}

/** Lets everybody forget that a bot was ever heard. */
export function forgetFirstEvent(botId: string): OutgoingMessage {
  return { topic: FIRST_EVENTS_TOPIC, key: botId, value: null };
}

function parseFirstEvent({ key, value }: LogMessage): RowChange<number | null> | null {
  if (key === null) return null;
  if (value === null) return { key, change: null };
  const first = parseAs(value, firstEventValidator);
  return first?.bot_id === key ? { key, change: Date.parse(first.heard_at) } : null;
}

function toWrite([botId, heardMs]: readonly [string, number]): TableWrite {
  return { key: botId, value: JSON.stringify({ bot_id: botId, heard_at: iso(heardMs) }) };
}
