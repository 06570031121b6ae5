/**
 * Which bots have had an event since they were enabled: a fold over `webhook.first-events`. Before that
 * a bot waits for its first delivery, and is not silent.
 */

import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import type {
  EventLog,
  Follower,
  LogMessage,
  OutgoingMessage,
} from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { FIRST_EVENTS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

export interface FirstEvents {
  /** The event that showed that a bot is heard, milliseconds since the epoch; null: none is known. */
  heardMs(botId: string): number | null;
  /**
   * Remembers that bots were heard. Resolves when it is durable.
   * @param heard - by bot, milliseconds since the epoch
   * @throws LogUnavailableError
   */
  note(heard: ReadonlyMap<string, number>): Promise<void>;
  close(): Promise<void>;
}

export interface FirstEventsDeps {
  readonly log: Pick<EventLog, 'publish' | 'follow'>;
  readonly logger: Logger;
}

const FirstEventSchema = Type.Object({
  bot_id: BotId,
  heard_at: Type.String({ format: 'date-time', description: 'ISO 8601, UTC, ms' }),
});
const firstEventValidator = Compile(FirstEventSchema);

/** Keeps one publish small when a whole fleet is heard for the first time. */
const MAX_PER_PUBLISH = 200;

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openFirstEvents({ log, logger }: FirstEventsDeps): Promise<FirstEvents> {
  const heardMs = new Map<string, number>();
  const follower: Follower = await log.follow({ topic: FIRST_EVENTS_TOPIC, onMessage });
  await follower.caughtUp;
  return {
    heardMs: (botId) => heardMs.get(botId) ?? null,
    async note(heard) {
      const all = [...heard];
      for (let from = 0; from < all.length; from += MAX_PER_PUBLISH) {
        const chunk = all.slice(from, from + MAX_PER_PUBLISH);
        await log.publish(chunk.map(([botId, atMs]) => toMessage(botId, atMs)));
        for (const [botId, atMs] of chunk) heardMs.set(botId, atMs);
      }
    },
    close: () => follower.close(),
  };

  function onMessage({ topic, partition, offset, key, value }: LogMessage): void {
    if (value === null) {
      if (key !== null) heardMs.delete(key);
      return;
    }
    const first = parseAs(value, firstEventValidator);
    if (first?.bot_id === key) heardMs.set(first.bot_id, Date.parse(first.heard_at));
    else logger.warn({ topic, partition, offset: String(offset), key }, 'first event skipped');
  }
}

/** Lets everybody forget that a bot was ever heard. */
export function forgetFirstEvent(botId: string): OutgoingMessage {
  return { topic: FIRST_EVENTS_TOPIC, key: botId, value: null };
}

function toMessage(botId: string, heardMs: number): OutgoingMessage {
  return {
    topic: FIRST_EVENTS_TOPIC,
    key: botId,
    value: JSON.stringify({ bot_id: botId, heard_at: iso(heardMs) }),
    headers: schemaHeader(FIRST_EVENTS_TOPIC),
  };
}
