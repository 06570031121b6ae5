/** The choice of what the metrics are about: all bots together, each bot, or one, a deleted one included. */
import {
  choiceOfBot,
  choiceOfText as choiceOfBotText,
  choiceOfId,
  type NamedBot,
} from '../../bot-choice/bot-choices.ts';
import type { Choice } from '../../ui/choice-matches.ts';
import type { MetricsSubject } from './metrics-query.ts';

const FLEET: Choice = { value: 'fleet', title: 'All bots together' };
const EACH: Choice = { value: 'each', title: 'Each bot' };
/** A bot may be called `fleet`. */
const BOT_PREFIX = 'bot:';

/** @param bots - in the order in which they are offered */
export function subjectChoices(bots: readonly NamedBot[]): readonly Choice[] {
  return [FLEET, EACH, ...bots.map((bot) => asSubject(choiceOfBot(bot)))];
}

export function choiceOfSubject(subject: MetricsSubject, bots: readonly NamedBot[]): Choice {
  switch (subject.kind) {
    case 'fleet':
      return FLEET;
    case 'each':
      return EACH;
    case 'bot':
      return asSubject(choiceOfId(subject.botId, bots));
    default:
      return subject satisfies never;
  }
}

/** Null: this cannot be the id of a bot. */
export function choiceOfText(text: string): Choice | null {
  const choice = choiceOfBotText(text);
  return choice && asSubject(choice);
}

export function subjectOfChoice({ value }: Choice): MetricsSubject {
  if (value.startsWith(BOT_PREFIX)) return { kind: 'bot', botId: value.slice(BOT_PREFIX.length) };
  return { kind: value === EACH.value ? 'each' : 'fleet' };
}

function asSubject(choice: Choice): Choice {
  return { ...choice, value: BOT_PREFIX + choice.value };
}
