/** The largest groups of errors in a window, and since when. */
import { MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CausingEvent, ErrorCauses } from './error-causes.ts';

const NOW_MS = Date.parse('2026-02-10T22:20:00Z');
const WINDOW_MS = 15 * MINUTE_MS;
const error = (
  error_type: string,
  error_message: string | null = null,
  update_type: string | null = 'message',
) => ({ error_type, error_message, update_type }) satisfies CausingEvent;

test('the largest three lead, with their share, their beginning and what they touch', () => {
  const causes = new ErrorCauses(WINDOW_MS, 0);
  for (let n = 0; n < 97; n += 1) {
    const amount = error('ValueError', `cannot read amount: '${n}'`, 'callback_query');
    causes.add(amount, NOW_MS - 10 * MINUTE_MS + n * SECOND_MS);
  }
  for (const [n, type] of ['A', 'B', 'B', 'C', 'D'].entries()) {
    causes.add(error(type), NOW_MS - MINUTE_MS + n);
  }
  const found = causes.causes(NOW_MS);
  expect(found.map(({ error_type, count }) => [error_type, count])).toEqual([
    ['ValueError', 97],
    ['B', 2],
    expect.anything(),
  ]);
  expect(found[0]).toMatchObject({
    // No message: alerts are kept for longer than events.
    error_message: 'cannot read amount: <text>',
    failures: 102,
    since: '2026-02-10T22:10:00.000Z',
    update_types: ['callback_query'],
  });
});

test('what left the window does not count, and a quiet time makes it begin anew', () => {
  const causes = new ErrorCauses(WINDOW_MS, 0);
  causes.add(error('A'), NOW_MS - 40 * MINUTE_MS);
  causes.add(error('A'), NOW_MS - MINUTE_MS);
  expect(causes.causes(NOW_MS)).toMatchObject([
    { count: 1, failures: 1, since: '2026-02-10T22:19:00.000Z' },
  ]);
  expect(causes.causes(NOW_MS + 20 * MINUTE_MS)).toEqual([]);
});

test('goes on from its beginning while it is never quiet', () => {
  const causes = new ErrorCauses(WINDOW_MS, 0);
  for (let minute = 60; minute > 0; minute -= 5) {
    causes.add(error('A'), NOW_MS - minute * MINUTE_MS);
  }
  expect(causes.causes(NOW_MS)[0]).toMatchObject({ since: '2026-02-10T21:20:00.000Z' });
});

test('names no kinds of updates when some failed without one', () => {
  const causes = new ErrorCauses(WINDOW_MS, 0);
  causes.add(error('A', null, 'callback_query'), NOW_MS);
  causes.add(error('A', null, null), NOW_MS - MINUTE_MS);
  expect(causes.causes(NOW_MS)).toMatchObject([{ count: 2, update_types: [] }]);
  const laterMs = NOW_MS + 15 * MINUTE_MS;
  expect(causes.causes(laterMs)).toMatchObject([{ count: 1, update_types: ['callback_query'] }]);
});

test('however many kinds are reported, an alert stays small and names none as the only one', () => {
  const causes = new ErrorCauses(WINDOW_MS, 0);
  for (let n = 0; n < 1_000; n += 1) causes.add(error('A', null, `order:${n}`), NOW_MS);
  causes.add(error('A', null, 'order:0'), NOW_MS + 10 * MINUTE_MS);
  expect(causes.causes(NOW_MS)).toMatchObject([{ count: 1_001, update_types: [] }]);
  // What left the window makes room.
  const laterMs = NOW_MS + 20 * MINUTE_MS;
  causes.add(error('A', null, 'message'), laterMs);
  expect(causes.causes(laterMs)).toMatchObject([
    { count: 2, update_types: ['message', 'order:0'] },
  ]);
});

test('says no beginning where a quiet time before it was not read', () => {
  const causes = new ErrorCauses(WINDOW_MS, NOW_MS - 20 * MINUTE_MS);
  causes.add(error('Old'), NOW_MS - 15 * MINUTE_MS);
  causes.add(error('Old'), NOW_MS);
  causes.add(error('New'), NOW_MS - 5 * MINUTE_MS);
  expect(causes.causes(NOW_MS)).toMatchObject([
    { error_type: 'Old', since: null },
    { error_type: 'New', since: '2026-02-10T22:15:00.000Z' },
  ]);
});

test('events in any order: never more than the failures, and bounded memory', () => {
  const Event = fc.record({
    type: fc.integer({ min: 0, max: 60 }),
    agoMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
  });
  fc.assert(
    fc.property(fc.array(Event, { maxLength: 200 }), (events) => {
      const causes = new ErrorCauses(WINDOW_MS, 0);
      for (const { type, agoMs } of events) causes.add(error(`E${type}`), NOW_MS - agoMs);
      const found = causes.causes(NOW_MS);
      expect(found.length).toBeLessThanOrEqual(3);
      for (const { count, failures } of found) {
        expect(count).toBeGreaterThan(0);
        expect(failures).toBeGreaterThanOrEqual(count);
        expect(failures).toBeLessThanOrEqual(events.length);
      }
    }),
  );
});
