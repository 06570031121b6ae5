/** Bots as choices: found by a part of the name or the id. */
import type { BotView } from '@hookpulse/api/bot-view';
import type { Choice } from '../ui/choice-matches.ts';

export type NamedBot = Pick<BotView, 'bot_id' | 'name'>;

const BOT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Its value is the id. */
export function choiceOfBot({ bot_id, name }: NamedBot): Choice {
  return { value: bot_id, title: name, ...(name === bot_id ? {} : { note: bot_id }) };
}

/** A bot that is not listed, such as a deleted one, goes by its id. */
export function choiceOfId(botId: string, bots: readonly NamedBot[]): Choice {
  return choiceOfBot(bots.find(({ bot_id }) => bot_id === botId) ?? { bot_id: botId, name: botId });
}

/** What is stored of a bot outlasts it. Null: this cannot be the id of one. */
export function choiceOfText(text: string): Choice | null {
  return BOT_ID.test(text) ? { value: text, title: text, note: 'by its id' } : null;
}
