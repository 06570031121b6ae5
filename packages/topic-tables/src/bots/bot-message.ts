/** The messages of `webhook.bots`: one bot each. */
import { type Bot, botValidator } from '@hookpulse/common/bots/bot';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseJson } from '@hookpulse/event-log/json-value';
import { botHeaders, deletedBotHeaders } from '@hookpulse/event-log/record-headers';
import { BOTS_TOPIC } from '@hookpulse/event-log/topics';
import type { RowChange, Unreadable } from '../topic-table.ts';

export function botToMessage(bot: Bot): OutgoingMessage {
  return {
    topic: BOTS_TOPIC,
    key: bot.bot_id,
    value: JSON.stringify(bot),
    headers: botHeaders(bot),
  };
}

/** Lets the topic forget the bot. */
export function deletedBotMessage(botId: string): OutgoingMessage {
  return { topic: BOTS_TOPIC, key: botId, value: null, headers: deletedBotHeaders(botId) };
}

/** The bot of a key; null: it was removed. Never throws: anything may stand on the topic. */
export function parseBotMessage({ key, value }: LogMessage): RowChange<Bot | null> | Unreadable {
  if (key === null) return { reason: 'it has no key' };
  if (value === null) return { key, change: null };
  const bot = parseJson(value);
  if (bot === undefined) return { reason: 'its value is not JSON' };
  if (!botValidator.Check(bot)) return { reason: 'its value is not a bot' };
  if (bot.bot_id !== key) return { reason: 'its key is not the bot_id of its value' };
  return { key, change: bot };
}
