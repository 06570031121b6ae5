/** Whose hours can be chosen: those of all bots together, of each, or of one, a deleted one included. */
import {
  choiceOfBot,
  choiceOfText as choiceOfBotText,
  choiceOfId,
  type NamedBot,
} from '../../bot-choice/bot-choices.ts';
import type { Choice } from '../../ui/choice-matches.ts';
import type { Whose } from './metrics-query.ts';

const FLEET: Choice = { value: 'fleet', title: 'All bots together' };
const EACH: Choice = { value: 'each', title: 'Each bot' };
/** A bot may be called `fleet`. */
const BOT_PREFIX = 'bot:';

/** @param bots - in the order in which they are offered */
export function whoseChoices(bots: readonly NamedBot[]): readonly Choice[] {
  return [FLEET, EACH, ...bots.map((bot) => asWhose(choiceOfBot(bot)))];
}

export function choiceOfWhose(whose: Whose, bots: readonly NamedBot[]): Choice {
  switch (whose.kind) {
    case 'fleet':
      return FLEET;
    case 'each':
      return EACH;
    case 'bot':
      return asWhose(choiceOfId(whose.botId, bots));
    default:
      return whose satisfies never;
  }
}

/** Null: this cannot be the id of a bot. */
export function choiceOfText(text: string): Choice | null {
  const choice = choiceOfBotText(text);
  return choice && asWhose(choice);
}

export function whoseOfChoice({ value }: Choice): Whose {
  if (value.startsWith(BOT_PREFIX)) return { kind: 'bot', botId: value.slice(BOT_PREFIX.length) };
  return { kind: value === EACH.value ? 'each' : 'fleet' };
}

function asWhose(choice: Choice): Choice {
  return { ...choice, value: BOT_PREFIX + choice.value };
}
