/** A change of the registry, and how it stands on `webhook.bots`: key, value, headers. */
import { type Bot, botValidator } from '@hookpulse/common/bots/bot';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseJson } from '@hookpulse/event-log/json-value';
import { BOTS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';

export type BotChange =
  | { readonly kind: 'put'; readonly bot: Bot }
  | { readonly kind: 'remove'; readonly botId: string };

/** What was read: a change, or why there is none. */
export type ReadBotChange = BotChange | { readonly kind: 'unreadable'; readonly reason: string };

/** Names one publication, so that its publisher knows it again when it comes back. */
const CHANGE_ID_HEADER = 'change-id';

/** @param changeId - unique */
export function botChangeToMessage(change: BotChange, changeId: string): OutgoingMessage {
  return {
    topic: BOTS_TOPIC,
    key: change.kind === 'put' ? change.bot.bot_id : change.botId,
    value: change.kind === 'put' ? JSON.stringify(change.bot) : null,
    headers: { ...schemaHeader(BOTS_TOPIC), [CHANGE_ID_HEADER]: changeId },
  };
}

export function changeIdOf(message: LogMessage): string | undefined {
  return message.headers[CHANGE_ID_HEADER];
}

/** Never throws: the topic is open to other programs, so anything may stand there. */
export function readBotChange(message: LogMessage): ReadBotChange {
  const { key, value } = message;
  if (key === null) return unreadable('it has no key');
  if (value === null) return { kind: 'remove', botId: key };
  const bot = parseJson(value);
  if (bot === undefined) return unreadable('its value is not JSON');
  if (!botValidator.Check(bot)) return unreadable('its value is not a bot');
  if (bot.bot_id !== key) return unreadable('its key is not the bot_id of its value');
  return { kind: 'put', bot };
}

function unreadable(reason: string): ReadBotChange {
  return { kind: 'unreadable', reason };
}
