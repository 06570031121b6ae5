import type { KnownAlert } from '@hookpulse/api/known-alert';
import { describe, expect, test } from '@jest/globals';
import { type AlertFilter, matches, pageOf, placeOfCursor } from './alert-page.ts';

const ALL: AlertFilter = {
  botId: null,
  bots: null,
  rule: null,
  state: null,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
  after: null,
};

function place(firedAtMs: number, alertId: string) {
  return { firedAtMs, alertId };
}

describe('pages', () => {
  const places = [place(1, 'a'), place(3, 'a'), place(2, 'b'), place(2, 'c'), place(2, 'a')];

  test.each([1, 2, 3, 5, 9])('of %d show all places once, in one order', (limit) => {
    const seen = [];
    let rest: readonly ReturnType<typeof place>[] = places;
    for (let pages = 0; pages < 9; pages += 1) {
      const { alerts, nextCursor } = pageOf(rest, limit);
      seen.push(...alerts);
      if (nextCursor === null) break;
      const after = placeOfCursor(nextCursor);
      rest = places.filter((one) => matches({ ...ALERT, ...one }, { ...ALL, after }));
    }
    expect(seen).toEqual([
      place(3, 'a'),
      place(2, 'c'),
      place(2, 'b'),
      place(2, 'a'),
      place(1, 'a'),
    ]);
  });

  test('that are empty end there', () => {
    expect(pageOf([], 5)).toEqual({ alerts: [], nextCursor: null });
  });
});

test.each(['', 'x', '1', '1-', '-1-a', '1.5-a', `${'9'.repeat(16)}-a`])(
  '%j is no cursor',
  (cursor) => {
    expect(placeOfCursor(cursor)).toBeNull();
  },
);

const ALERT: KnownAlert = {
  alertId: 'id',
  botId: 'a',
  botName: 'A',
  rule: 'no_traffic',
  firedAtMs: 10,
  transitions: [
    {
      sequence: 1,
      transition: 'firing',
      at: '1970-01-01T00:00:00.010Z',
      reason: '',
      severity: 0,
      facts: {},
    },
  ],
  receipts: [],
};

test.each<[Partial<AlertFilter>, boolean]>([
  [{}, true],
  [{ botId: 'a', rule: 'no_traffic', state: 'firing' }, true],
  [{ botId: 'b' }, false],
  [{ rule: 'high_error_rate' }, false],
  [{ state: 'resolved' }, false],
  [{ fromMs: 10, toMs: 11 }, true],
  [{ fromMs: 11 }, false],
  [{ toMs: 10 }, false],
])('the filter %j lets the alert through: %s', (filter, isThrough) => {
  expect(matches(ALERT, { ...ALL, ...filter })).toBe(isThrough);
});
