/** A reckoning that finds nothing is worth something only if it finds what is there. */

import type { TransitionName } from '@hookpulse/common/alerts/alert';
import { sampleFiring, sampleNext } from '@hookpulse/common/testing/sample-alerts';
import { expect, test } from '@jest/globals';
import { type ReckoningSources, reckon, type ToldMail } from './reckoning.ts';

const firing = sampleFiring('2026-02-10T20:00:00Z');
const resolved = sampleNext(firing, 'resolved', '2026-02-10T20:30:00Z');
const botId = firing.bot_id;
const story = { botId, hasReminders: false, firedMs: 0, endedMs: 10 };

const mail = (messageId: string, transition: TransitionName, receivedAtMs = 0): ToldMail => {
  return { messageId, transition, botIds: [botId], receivedAtMs };
};
const FIRST = mail('1', 'firing', 1);
const SECOND = mail('2', 'resolved', 2);

const ALL_WELL: ReckoningSources = {
  stories: [story],
  messages: [firing, resolved],
  mails: [FIRST, SECOND],
  unmailed: [],
  disruptionsMs: [],
};

const CLEAN = {
  lost: 0,
  doubled: 0,
  writtenTwice: 0,
  repeatedMails: 0,
  repeatedAsOthers: 0,
  unexplainedRepeats: 0,
  mostRepeatsAtOnce: 0,
  outOfOrder: 0,
};

test.each<[string, Partial<ReckoningSources>, object]>([
  ['nothing', {}, {}],
  ['an alert that never fired', { messages: [], mails: [] }, { lost: 2 }],
  ['an alert that was never resolved', { messages: [firing], mails: [FIRST] }, { lost: 1 }],
  ['a transition that was not mailed', { mails: [FIRST] }, { lost: 1 }],
  ['a mail that is owed by what the log says', { unmailed: ['a|high_error_rate'] }, { lost: 1 }],
  ['a message that is there twice', { messages: [firing, firing, resolved] }, { writtenTwice: 1 }],
  [
    'a number with two contents',
    { messages: [firing, { ...firing, reason: 'Another.' }, resolved] },
    { doubled: 1 },
  ],
  [
    'an alert that fired twice',
    {
      messages: [firing, resolved, { ...firing, sequence: 3 }],
      mails: [FIRST, mail('3', 'firing'), SECOND],
    },
    { doubled: 2 }, // once more, and after its end
  ],
  [
    'a mail that came again after a kill',
    { mails: [FIRST, { ...FIRST, receivedAtMs: 9 }, SECOND], disruptionsMs: [5] },
    { repeatedMails: 1, mostRepeatsAtOnce: 1 },
  ],
  [
    'a mail that came again for no reason',
    { mails: [FIRST, { ...FIRST, receivedAtMs: 9 }, SECOND], disruptionsMs: [20] },
    { repeatedMails: 1, unexplainedRepeats: 1 },
  ],
  [
    'two mails that came again after one kill',
    {
      mails: [FIRST, SECOND, { ...FIRST, receivedAtMs: 9 }, { ...SECOND, receivedAtMs: 10 }],
      disruptionsMs: [5, 20],
    },
    { repeatedMails: 2, mostRepeatsAtOnce: 2, outOfOrder: 1 },
  ],
  [
    'two mails that came again after a kill each, one soon after the other',
    {
      mails: [FIRST, SECOND, { ...FIRST, receivedAtMs: 9 }, { ...SECOND, receivedAtMs: 10 }],
      disruptionsMs: [5, 6],
    },
    { repeatedMails: 2, mostRepeatsAtOnce: 1, outOfOrder: 1 },
  ],
  [
    'a mail that came again as another one',
    { mails: [FIRST, mail('3', 'firing'), SECOND] },
    { repeatedMails: 1, repeatedAsOthers: 1 },
  ],
  ['mails in the wrong order', { mails: [SECOND, FIRST] }, { outOfOrder: 1 }],
])('finds %s', (_, changes, expected) => {
  expect(reckon({ ...ALL_WELL, ...changes })).toMatchObject({ ...CLEAN, ...expected });
});

test('reminders are mailed one by one, and may come only where they are asked for', () => {
  const reminder = sampleNext(firing, 'reminder', '2026-02-10T20:10:00Z');
  const ended = sampleNext(reminder, 'resolved', '2026-02-10T20:30:00Z');
  const reminded: ReckoningSources = {
    ...ALL_WELL,
    stories: [{ ...story, hasReminders: true }],
    messages: [firing, reminder, ended],
    mails: [FIRST, mail('r', 'reminder'), SECOND],
  };
  expect(reckon(reminded)).toMatchObject(CLEAN);
  expect(reckon({ ...reminded, stories: [story] })).toMatchObject({ doubled: 1 });
  expect(reckon({ ...reminded, mails: [FIRST, SECOND] })).toMatchObject({ lost: 1 });
});
