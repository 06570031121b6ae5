import { expect, test } from '@jest/globals';
import { absencesWithin, listenedMs, listeningForMs, withClockAhead } from './listening.ts';

const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });

test('what no stretch covers is an absence, unless it is short', () => {
  const stretches = [span(500, 600), span(0, 300), span(250, 420), span(590, 700)];
  expect(absencesWithin(span(100, 700), stretches, 0)).toEqual([span(420, 500)]);
  expect(absencesWithin(span(100, 700), stretches, 80)).toEqual([]);
  expect(absencesWithin(span(100, 900), stretches, 80)).toEqual([span(700, 900)]);
  expect(absencesWithin(span(-200, 100), stretches, 80)).toEqual([span(-200, 0)]);
  expect(absencesWithin(span(0, 10), [], 0)).toEqual([span(0, 10)]);
  expect(absencesWithin(span(0, 10), [span(20, 30)], 0)).toEqual([span(0, 10)]);
});

test('absences are taken off what was listened', () => {
  const absences = [span(100, 200), span(400, 500)];
  expect(listenedMs(span(0, 600), absences)).toBe(400);
  expect(listenedMs(span(150, 450), absences)).toBe(200);
  expect(listenedMs(span(600, 0), absences)).toBe(0);
  expect(listeningForMs(600, absences)).toBe(100);
  expect(listeningForMs(500, absences)).toBe(0);
  expect(listeningForMs(500, [])).toBe(Number.POSITIVE_INFINITY);
});

test('a clock that is ahead ends no listening, and what it is ahead by is not listened yet', () => {
  const seen = [span(100, 200), span(400, 500)];
  const known = withClockAhead(seen, span(0, 500), 100);
  expect(known).toEqual([span(100, 200), { ...span(400, 500), isClockAhead: true }]);
  expect(listenedMs(span(0, 500), known)).toBe(300);
  expect(listeningForMs(500, known)).toBe(200);
  expect(listeningForMs(500, known.slice(1))).toBe(Number.POSITIVE_INFINITY);
  // No clock is ahead by so much, and none makes a hole before the end.
  expect(withClockAhead(seen, span(0, 500), 99)).toEqual(seen);
  expect(withClockAhead(seen, span(0, 600), 100)).toEqual(seen);
  expect(withClockAhead([], span(0, 500), 100)).toEqual([]);
});
