import { expect, test } from '@jest/globals';
import { RecentEvents, rememberedSince } from './recent-events.ts';

const EVENT = { bot_id: 'bot', event_id: '00000000-0000-4000-8000-000000000001' };
const MINUTE_MS = 60_000;
const AT = Date.parse('2026-02-10T20:00:30.000Z');

test('an event repeated within ten minutes of log time is not new', () => {
  for (const laterMs of [0, 1, MINUTE_MS, 10 * MINUTE_MS]) {
    const recent = new RecentEvents();
    expect(recent.addIfNew(EVENT, AT)).toBe(true);
    expect(recent.addIfNew(EVENT, AT + laterMs)).toBe(false);
  }
});

test('the same id of another bot is another event', () => {
  const recent = new RecentEvents();
  recent.addIfNew(EVENT, AT);
  expect(recent.addIfNew({ ...EVENT, bot_id: 'another' }, AT)).toBe(true);
});

test('what is longer ago is forgotten, to the minute, and takes no memory', () => {
  const recent = new RecentEvents();
  recent.addIfNew(EVENT, AT);
  expect(recent.addIfNew(EVENT, AT + 11 * MINUTE_MS)).toBe(true);
  expect(recent.size).toBe(1);
});

test('who knows the events since `rememberedSince` judges like who knows them all', () => {
  const logTimes = Array.from({ length: 40 }, (_, n) => AT + n * 47_000);
  for (const judgedAt of logTimes) {
    for (const seenAt of logTimes.filter((time) => time <= judgedAt)) {
      const all = new RecentEvents();
      all.addIfNew(EVENT, seenAt);
      const replayed = new RecentEvents();
      if (seenAt >= rememberedSince(judgedAt)) replayed.addIfNew(EVENT, seenAt);
      expect(replayed.addIfNew(EVENT, judgedAt)).toBe(all.addIfNew(EVENT, judgedAt));
    }
  }
});
