/** Whose hours can be chosen: those of all bots together, of each, or of one, a deleted one included. */
import type { BotView } from '@hookpulse/query-api/domain/bot-view';
import type { Choice } from '../../ui/choice-matches.ts';
import type { Whose } from './metrics-query.ts';

const FLEET: Choice = { value: 'fleet', title: 'All bots together' };
const EACH: Choice = { value: 'each', title: 'Each bot' };
const BOT_PREFIX = 'bot:';
const BOT_ID = /^[A-Za-z0-9_-]{1,64}$/;

type NamedBot = Pick<BotView, 'bot_id' | 'name'>;

/** @param bots - in the order in which they are offered */
export function whoseChoices(bots: readonly NamedBot[]): readonly Choice[] {
  return [FLEET, EACH, ...bots.map(choiceOfBot)];
}

export function choiceOfWhose(whose: Whose, bots: readonly NamedBot[]): Choice {
  switch (whose.kind) {
    case 'fleet':
      return FLEET;
    case 'each':
      return EACH;
    case 'bot':
      return choiceOfBot(
        bots.find(({ bot_id }) => bot_id === whose.botId) ?? {
          bot_id: whose.botId,
          name: whose.botId,
        },
      );
    default:
      return whose satisfies never;
  }
}

/** The hours of a bot outlast it. Null: this cannot be the id of one. */
export function choiceOfText(text: string): Choice | null {
  if (!BOT_ID.test(text)) return null;
  return { value: BOT_PREFIX + text, title: text, note: 'by its id' };
}

export function whoseOfChoice({ value }: Choice): Whose {
  if (value.startsWith(BOT_PREFIX)) return { kind: 'bot', botId: value.slice(BOT_PREFIX.length) };
  return { kind: value === EACH.value ? 'each' : 'fleet' };
}

function choiceOfBot({ bot_id, name }: NamedBot): Choice {
  return { value: BOT_PREFIX + bot_id, title: name, ...(name === bot_id ? {} : { note: bot_id }) };
}
