/**
 * In the end: what had to happen, held against what the log holds and what the mail server was given.
 * The mails are read as people read them, by subject and text.
 */
import {
  type AlertTransition,
  alertKey,
  type TransitionName,
} from '@hookpulse/common/alerts/alert';
import type { BotStory } from './bot-fleet.ts';

/** A mail as it was read. */
export interface ToldMail {
  readonly messageId: string;
  readonly transition: TransitionName;
  readonly botIds: readonly string[];
  /** When the server had it whole, milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

export interface Reckoning {
  /** Different transitions on `webhook.alerts`. */
  readonly transitions: number;
  /** Messages that say the same once more, as after an acknowledgement that was lost. */
  readonly writtenTwice: number;
  readonly mails: number;
  /** Transitions that had to be and are not on the log, that no mail tells of, or that are still owed. */
  readonly lost: number;
  /** Numbers that two different transitions have, and alerts that fired or ended twice. */
  readonly doubled: number;
  /** Mails that tell what an earlier one told. */
  readonly repeatedMails: number;
  /** Those of them that receivers cannot recognise by their Message-ID. */
  readonly repeatedAsOthers: number;
  /** Mails that were repeated although nothing had been killed or broken in between. */
  readonly unexplainedRepeats: number;
  /** The most mails that were repeated because of one disruption. */
  readonly mostRepeatsAtOnce: number;
  /** Mails about an alert that came after a later one about it. */
  readonly outOfOrder: number;
  /** The first of what is wrong, for whoever has to find out. */
  readonly differences: readonly string[];
}

export interface ReckoningSources {
  readonly stories: readonly BotStory[];
  /** Everything on `webhook.alerts`, in the order of each bot and rule. */
  readonly messages: readonly AlertTransition[];
  /** In the order in which the server had them. */
  readonly mails: readonly ToldMail[];
  /** Keys whose newest transition is not mailed by what the log says. */
  readonly unmailed: readonly string[];
  /** When something was killed or broken, milliseconds since the epoch, in turn. */
  readonly disruptionsMs: readonly number[];
}

const ORDER: Readonly<Record<TransitionName, number>> = { firing: 0, reminder: 1, resolved: 2 };
/** A mail can be on its way to the server when its sender is killed. */
const ON_ITS_WAY_MS = 1_000;
const MAX_SHOWN_DIFFERENCES = 30;

export function reckon(sources: ReckoningSources): Reckoning {
  const { stories, messages, mails, unmailed, disruptionsMs } = sources;
  const differences: string[] = [];
  const bySequence = Map.groupBy(messages, (one) => `${alertKey(one)}#${one.sequence}`);
  const transitions = [...bySequence.values()].flatMap(([first]) => first ?? []);
  let doubled = 0;
  let writtenTwice = 0;
  for (const [place, same] of bySequence) {
    const contents = new Set(same.map((one) => JSON.stringify(one)));
    writtenTwice += same.length - contents.size;
    doubled += contents.size - 1;
    if (contents.size > 1) differences.push(`${place}: ${[...contents].join(' and ')}`);
  }

  const byBot = Map.groupBy(transitions, ({ bot_id }) => bot_id);
  const told = Map.groupBy(
    mails.flatMap((mail) => mail.botIds.map((botId) => ({ ...mail, botId }))),
    ({ botId }) => botId,
  );
  let lost = unmailed.length;
  differences.push(...unmailed.map((key) => `${key}: mails are still owed`));
  let outOfOrder = 0;
  for (const story of stories) {
    const { botId } = story;
    const happened = (byBot.get(botId) ?? [])
      .toSorted((a, b) => a.sequence - b.sequence)
      .map(({ transition }) => transition);
    const wrong = compareWithStory(happened, story);
    lost += wrong.missing;
    doubled += wrong.tooMany;
    const mailed = told.get(botId) ?? [];
    const untold = countUntold(happened, mailed);
    lost += untold;
    const isOutOfOrder = mailed.some(({ transition }, index) => {
      const before = mailed[index - 1];
      return before !== undefined && ORDER[before.transition] > ORDER[transition];
    });
    if (isOutOfOrder) outOfOrder += 1;
    if (wrong.missing + wrong.tooMany + untold > 0 || isOutOfOrder) {
      const mailNames = mailed.map(({ transition }) => transition);
      differences.push(`${botId}: ${happened.join(' → ')}; mailed: ${mailNames.join(', ')}`);
    }
  }
  const strangers = [...byBot.keys()].filter((id) => !stories.some(({ botId }) => botId === id));
  differences.push(...strangers.map((botId) => `${botId}: alerts of nobody's`));
  const explained = explainRepeats(mails, disruptionsMs);
  differences.push(...explained.differences);
  return {
    transitions: transitions.length,
    writtenTwice,
    mails: mails.length,
    lost,
    doubled: doubled + strangers.length,
    ...countRepeats(mails, transitions),
    ...explained,
    outOfOrder,
    differences: differences.slice(0, MAX_SHOWN_DIFFERENCES),
  };
}

/** firing, as many reminders as there were, resolved. */
function compareWithStory(
  happened: readonly TransitionName[],
  { hasReminders, endedMs }: BotStory,
): { missing: number; tooMany: number } {
  const count = (name: TransitionName) => happened.filter((one) => one === name).length;
  const ends = endedMs === null ? 0 : 1;
  const missing = Math.max(0, 1 - count('firing')) + Math.max(0, ends - count('resolved'));
  const surplus = Math.max(0, count('firing') - 1) + Math.max(0, count('resolved') - ends);
  const unasked = hasReminders ? 0 : count('reminder');
  const isInOrder = happened.every((name, index) => {
    return index === 0 || ORDER[happened[index - 1] ?? 'firing'] <= ORDER[name];
  });
  return { missing, tooMany: surplus + unasked + (isInOrder ? 0 : 1) };
}

function countUntold(
  happened: readonly TransitionName[],
  mailed: readonly { readonly transition: TransitionName; readonly messageId: string }[],
): number {
  const names: readonly TransitionName[] = ['firing', 'reminder', 'resolved'];
  return names.reduce((sum, name) => {
    const tellings = mailed.filter(({ transition }) => transition === name);
    const different = new Set(tellings.map(({ messageId }) => messageId)).size;
    return sum + Math.max(0, happened.filter((one) => one === name).length - different);
  }, 0);
}

/** A mail is a repeat when all that it tells of one of its bots was told before. */
function countRepeats(
  mails: readonly ToldMail[],
  transitions: readonly AlertTransition[],
): Pick<Reckoning, 'repeatedMails' | 'repeatedAsOthers'> {
  const nameOf = (botId: string, transition: TransitionName) => `${botId} ${transition}`;
  const toTell = new Map<string, number>();
  for (const { bot_id, transition } of transitions) {
    const name = nameOf(bot_id, transition);
    toTell.set(name, (toTell.get(name) ?? 0) + 1);
  }
  const ids = new Set<string>();
  let repeatedMails = 0;
  let repeatedAsOthers = 0;
  for (const { messageId, transition, botIds } of mails) {
    const isKnown = ids.has(messageId);
    ids.add(messageId);
    let isSurplus = false;
    for (const botId of isKnown ? [] : botIds) {
      const name = nameOf(botId, transition);
      const left = toTell.get(name) ?? 0;
      if (left === 0) isSurplus = true;
      toTell.set(name, left - 1);
    }
    if (isKnown || isSurplus) repeatedMails += 1;
    if (!isKnown && isSurplus) repeatedAsOthers += 1;
  }
  return { repeatedMails, repeatedAsOthers };
}

/**
 * A repeat follows from a disruption since the mail was there. Kills can follow one another within
 * the time that a mail is on its way, so each repeat takes one that explains no other, where there is
 * one; of repeats in the order of their ends the earliest free one is the best choice.
 */
function explainRepeats(
  mails: readonly ToldMail[],
  disruptionsMs: readonly number[],
): Pick<Reckoning, 'unexplainedRepeats' | 'mostRepeatsAtOnce' | 'differences'> {
  const differences: string[] = [];
  const lastReceivedMs = new Map<string, number>();
  const repeats = new Map<number, number>();
  for (const { messageId, receivedAtMs, transition, botIds } of mails) {
    const beforeMs = lastReceivedMs.get(messageId);
    lastReceivedMs.set(messageId, receivedAtMs);
    if (beforeMs === undefined) continue;
    const sinceMs = beforeMs - ON_ITS_WAY_MS;
    const causes = disruptionsMs.filter((ms) => ms >= sinceMs && ms <= receivedAtMs);
    const explainedBy = (causeMs: number) => repeats.get(causeMs) ?? 0;
    const [causeMs] = causes.toSorted((a, b) => explainedBy(a) - explainedBy(b));
    if (causeMs !== undefined) {
      repeats.set(causeMs, explainedBy(causeMs) + 1);
      continue;
    }
    const lastDisruptionMs = disruptionsMs.findLast((ms) => ms < beforeMs) ?? beforeMs;
    const when = `${beforeMs - lastDisruptionMs} ms after a kill, again ${receivedAtMs - beforeMs} ms later`;
    differences.push(`${transition} of ${botIds.join(', ')} was mailed ${when}`);
  }
  return {
    unexplainedRepeats: differences.length,
    mostRepeatsAtOnce: Math.max(0, ...repeats.values()),
    differences,
  };
}
