import { expect, test } from '@jest/globals';
import { type BotRecord, reckon } from './reckoning.ts';

/** Two chats in turn: updates 1, 3, 5 and 2, 4, 6. */
const LOGGED = [1, 2, 3, 4, 5, 6].map((updateId) => ({ updateId, chat: updateId % 2 }));
const HANDOVERS = [100, 200];
const MAX_IN_FLIGHT = 2;

function reckoned(ids: readonly number[], options: { atMs?: number; logged?: typeof LOGGED } = {}) {
  const { atMs = 150, logged = LOGGED } = options;
  const bot: BotRecord = {
    botId: 'a',
    logged,
    taken: ids.map((updateId) => ({ updateId, atMs })),
  };
  return reckon([bot], HANDOVERS, MAX_IN_FLIGHT);
}

const CLEAN = {
  logged: 6,
  loggedAgain: 0,
  lost: 0,
  outOfOrder: 0,
  repeats: 0,
  unexplainedRepeats: 0,
  differences: [],
};

test('chats may overtake each other', () => {
  expect(reckoned([1, 2, 3, 4, 5, 6])).toEqual(CLEAN);
  expect(reckoned([2, 4, 6, 1, 3, 5])).toEqual(CLEAN);
});

test('what no bot has taken is lost', () => {
  expect(reckoned([1, 2, 3, 4, 6])).toMatchObject({ lost: 1, differences: ['a: lost 5'] });
});

test('an update before an older one of its chat is out of order', () => {
  expect(reckoned([3, 1, 5, 2, 4, 6])).toMatchObject({
    outOfOrder: 1,
    differences: ['a: out of order 1'],
  });
});

test('repeats are explained by what was in flight at a handover near them', () => {
  expect(reckoned([1, 2, 1, 2, 3, 4, 5, 6])).toMatchObject({ repeats: 2, unexplainedRepeats: 0 });
  const five = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6];
  expect(reckoned(five)).toMatchObject({ repeats: 5, unexplainedRepeats: 1 });
  const longAfter = 60_000;
  expect(reckoned([1, 1, 2, 3, 4, 5, 6], { atMs: longAfter })).toMatchObject({
    unexplainedRepeats: 1,
  });
});

test('where nothing is known of handovers, repeats are counted alone', () => {
  const taken = [1, 1, 1, 2, 3, 4, 5, 6].map((updateId) => ({ updateId, atMs: 0 }));
  const report = reckon([{ botId: 'a', logged: LOGGED, taken }], null, MAX_IN_FLIGHT);
  expect(report).toEqual({ ...CLEAN, repeats: 2 });
});

test('what stands on the log twice may be handed over twice, in the order of its first place', () => {
  const logged = [...LOGGED, { updateId: 1, chat: 1 }];
  expect(reckoned([1, 2, 3, 4, 5, 6, 1], { logged })).toEqual({ ...CLEAN, loggedAgain: 1 });
});
