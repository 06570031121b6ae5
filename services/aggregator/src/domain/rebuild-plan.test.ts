import { HOUR_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import { type BotHour, piecesOf } from './rebuild-plan.ts';

const LIMITS = { events: 10, hours: 4 };

function hour(botId: string, at: number, events: number): BotHour {
  return { botId, startMs: at * HOUR_MS, events };
}

test('quiet bots share a piece, over all their hours', () => {
  const hours = [hour('a', 3, 1), hour('a', 4, 2), hour('b', 7, 0)];
  expect(piecesOf(hours, LIMITS)).toEqual([
    { botIds: ['a', 'b'], fromMs: 3 * HOUR_MS, toMs: 8 * HOUR_MS },
  ]);
});

test('a piece has no more events and hours than it may', () => {
  const hours = [hour('a', 0, 6), hour('b', 0, 6), hour('c', 0, 1), hour('c', 1, 1)];
  expect(piecesOf(hours, LIMITS).map(({ botIds }) => botIds)).toEqual([['a'], ['b', 'c']]);
  const many = [0, 1, 2]
    .flatMap((at) => [hour('a', at, 0)])
    .concat(hour('b', 0, 0), hour('b', 1, 0));
  expect(piecesOf(many, LIMITS).map(({ botIds }) => botIds)).toEqual([['a'], ['b']]);
});

test('each hour of a busy bot is a piece, however busy', () => {
  const hours = [hour('a', 0, 1), hour('b', 0, 30), hour('b', 2, 9), hour('c', 0, 1)];
  expect(piecesOf(hours, LIMITS)).toEqual([
    { botIds: ['a'], fromMs: 0, toMs: HOUR_MS },
    { botIds: ['b'], fromMs: 0, toMs: HOUR_MS },
    { botIds: ['b'], fromMs: 2 * HOUR_MS, toMs: 3 * HOUR_MS },
    { botIds: ['c'], fromMs: 0, toMs: HOUR_MS },
  ]);
});

test('nothing is no piece', () => {
  expect(piecesOf([], LIMITS)).toEqual([]);
});
