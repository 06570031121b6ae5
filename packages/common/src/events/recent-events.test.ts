import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE_MS } from '../values/durations.ts';
import { RecentEvents, rememberedSince } from './recent-events.ts';

const EVENT = { bot_id: 'bot', event_id: '00000000-0000-4000-8000-000000000001' };
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

/** What `RecentEvents` is to do, said plainly. */
class PlainRecentEvents {
  readonly #minutes = new Map<string, number>();

  addIfNew(event: typeof EVENT, logTimeMs: number): boolean {
    const key = `${event.bot_id}/${event.event_id}`;
    const minute = Math.floor(logTimeMs / MINUTE_MS);
    if ((this.#minutes.get(key) ?? Number.NEGATIVE_INFINITY) >= minute - 10) return false;
    this.#minutes.set(key, minute);
    return true;
  }
}

test('gives the plain verdicts, however the table grows and shrinks', () => {
  // Few distinct ids and few distinct low words, so that repetitions and collisions are frequent.
  const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');
  const fewIds = fc
    .tuple(fc.nat(3), fc.nat(3), fc.constantFrom(0, 1, 64, 128, 4_294_967_295))
    .map(([a, b, c]) => `${hex(a, 8)}-0000-0000-0000-${hex(b, 4)}${hex(c, 8)}`);
  const step = fc.record({
    bot_id: fc.constantFrom('a', 'b'),
    event_id: fc.oneof(fewIds, fc.uuid()),
    gapMs: fc.oneof(fc.nat(1_000), fc.nat(3 * MINUTE_MS), fc.nat(30 * MINUTE_MS)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 500, size: 'max' }), (steps) => {
      const recent = new RecentEvents();
      const plain = new PlainRecentEvents();
      let logTimeMs = AT;
      for (const { gapMs, ...event } of steps) {
        logTimeMs += gapMs;
        expect(recent.addIfNew(event, logTimeMs)).toBe(plain.addIfNew(event, logTimeMs));
      }
    }),
  );
});

test('remembers very many, and gives their memory back', () => {
  const recent = new RecentEvents();
  const id = (n: number) => `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}`;
  const add = (n: number, logTimeMs: number) =>
    recent.addIfNew({ bot_id: `bot-${n % 7}`, event_id: id(n) }, logTimeMs);
  const count = 20_000;
  for (let n = 0; n < count; n += 1) expect(add(n, AT)).toBe(true);
  for (let n = 0; n < count; n += 1) expect(add(n, AT + MINUTE_MS)).toBe(false);
  expect(recent.size).toBe(count);
  const late = count / 2;
  for (let n = 0; n < late; n += 1) expect(add(n, AT + 11 * MINUTE_MS)).toBe(true);
  expect(recent.size).toBe(late);
});

test('of steady traffic no more is remembered than that of some ten minutes', () => {
  const recent = new RecentEvents();
  const aMinute = 1_000;
  for (let minute = 0; minute < 60; minute += 1) {
    let added = 0;
    for (let n = 0; n < aMinute; n += 1) {
      const id = (minute * aMinute + n).toString(16).padStart(12, '0');
      const event = { bot_id: 'bot', event_id: `00000000-0000-8000-8000-${id}` };
      if (recent.addIfNew(event, AT + minute * MINUTE_MS)) added += 1;
    }
    expect(added).toBe(aMinute);
    // This minute, the ten before it, and what comes while the hand goes round.
    expect(recent.size).toBeLessThanOrEqual(16 * aMinute);
  }
});

test('forgets nothing for a few events with a wrong time', () => {
  const recent = new RecentEvents();
  const id = (n: number) => `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}`;
  const add = (n: number, logTimeMs: number) =>
    recent.addIfNew({ bot_id: 'bot', event_id: id(n) }, logTimeMs);
  for (let n = 0; n < 50; n += 1) add(n, AT);
  for (let n = 100; n < 102; n += 1) add(n, Date.parse('2100-01-01T00:00:00Z'));
  for (let n = 200; n < 208; n += 1) add(n, -1);
  for (let n = 0; n < 50; n += 1) expect(add(n, AT + MINUTE_MS)).toBe(false);
  for (let n = 200; n < 208; n += 1) expect(add(n, AT + MINUTE_MS)).toBe(false);
  expect(recent.agreedMs).toBe(Math.floor(AT / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
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
