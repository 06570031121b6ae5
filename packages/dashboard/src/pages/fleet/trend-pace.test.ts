import { expect, test } from '@jest/globals';
import { atPace } from './trend-pace.ts';

const trend = { hours_from: '2026-02-10T18:00:00Z', events: [60, 0, 20], errors: [6, 0, 1] };

test.each([
  ['20:05', { events: [60, 0], errors: [6, 0] }],
  ['20:20', { events: [60, 0, 60], errors: [6, 0, 3] }],
  ['21:10', { events: [60, 0, 20], errors: [6, 0, 1] }],
])('at %s', (time, paced) => {
  expect(atPace(trend, Date.parse(`2026-02-10T${time}:00Z`))).toEqual(paced);
});
