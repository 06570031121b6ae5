/** A new bot as it is typed into a form, and the request that it makes. */
import type { NewBot } from '@hookpulse/api/new-bot';

export interface BotDraft {
  readonly name: string;
  /** Empty: the API makes one. */
  readonly botId: string;
  /** Empty: the API makes one. */
  readonly webhookSecret: string;
}

const MAX_ID_LENGTH = 64;

/** Everything else is checked by the API, which says of each field what it takes. */
export function newBotBody({ name, botId, webhookSecret }: BotDraft): NewBot {
  return {
    name: name.trim(),
    ...(botId.trim() === '' ? {} : { bot_id: botId.trim() }),
    ...(webhookSecret.trim() === '' ? {} : { webhook_secret: webhookSecret.trim() }),
  };
}

/** What a bot of that name could be called in addresses: `Café Orders` becomes `cafe-orders`. */
export function suggestedId(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .slice(0, MAX_ID_LENGTH)
    .replace(/^-+|-+$/g, '');
}
