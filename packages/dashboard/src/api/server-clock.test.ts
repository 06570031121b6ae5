import { HOUR_MS } from '@hookpulse/common/values/durations';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { learnTime, onTimeLearned, serverNow } from './server-clock.ts';

const SERVER_MS = Date.UTC(2026, 1, 10, 20);
const dateOf = (timeMs: number) => new Date(timeMs).toUTCString();

beforeEach(() => {
  jest.useFakeTimers({ now: SERVER_MS - HOUR_MS });
});
afterEach(() => {
  learnTime(dateOf(Date.now()), Date.now());
  jest.useRealTimers();
});

test('the time is the server’s, as soon as one of its answers has told it', () => {
  let told = 0;
  const leave = onTimeLearned(() => {
    told += 1;
  });
  expect(serverNow()).toBe(Date.now());
  learnTime(dateOf(SERVER_MS), Date.now());
  expect(Math.abs(serverNow() - SERVER_MS)).toBeLessThan(1_000);
  // The next answer differs by what the seconds were cut by.
  learnTime(dateOf(SERVER_MS + 1_000), Date.now());
  expect(told).toBe(1);
  leave();
});

test('a clock that is right, or an answer without a time, changes nothing', () => {
  learnTime(dateOf(Date.now() - 900), Date.now());
  learnTime(null, Date.now());
  learnTime('yesterday', Date.now());
  expect(serverNow()).toBe(Date.now());
});
