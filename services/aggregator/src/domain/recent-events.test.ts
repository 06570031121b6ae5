import { expect, test } from '@jest/globals';
import { RecentEvents, rememberedSince } from './recent-events.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const MINUTE_MS = 60_000;
const AT = Date.parse('2026-02-10T20:00:30.000Z');

test('an event repeated within ten minutes of log time is not new', () => {
  for (const laterMs of [0, 1, MINUTE_MS, 10 * MINUTE_MS]) {
    const recent = new RecentEvents();
    expect(recent.addIfNew(ID, AT)).toBe(true);
    expect(recent.addIfNew(ID, AT + laterMs)).toBe(false);
  }
});

test('what is longer ago is forgotten, to the minute, and takes no memory', () => {
  const recent = new RecentEvents();
  recent.addIfNew(ID, AT);
  expect(recent.addIfNew(ID, AT + 11 * MINUTE_MS)).toBe(true);
  expect(recent.size).toBe(1);
});

test('who knows the events since `rememberedSince` judges like who knows them all', () => {
  const logTimes = Array.from({ length: 40 }, (_, n) => AT + n * 47_000);
  for (const judgedAt of logTimes) {
    for (const seenAt of logTimes.filter((time) => time <= judgedAt)) {
      const all = new RecentEvents();
      all.addIfNew(ID, seenAt);
      const replayed = new RecentEvents();
      if (seenAt >= rememberedSince(judgedAt)) replayed.addIfNew(ID, seenAt);
      expect(replayed.addIfNew(ID, judgedAt)).toBe(all.addIfNew(ID, judgedAt));
    }
  }
});
