import { describe, expect, test } from '@jest/globals';
import {
  eventsAround,
  type HistoryFilter,
  historyPath,
  onePath,
  placeOf,
  placeText,
} from './alert-queries.ts';

const NOW_MS = Date.parse('2026-02-10T20:34:56.789Z');
const FIRED = {
  bot_id: 'orders-bot',
  rule: 'high_error_rate',
  fired_at: '2026-02-10T20:00:00.123Z',
};

const AS_OF = '2026-02-10T20:05:00.000Z';

test.each([
  ['firing', null, null],
  ['resolved', '2026-02-10T20:10:00.000Z', '2026-02-10T20:25:00.000Z'],
  // A later alert of the bot and rule has replaced it: its last transition is the end.
  ['resolved', null, '2026-02-10T20:20:00.000Z'],
  // Of an alert that lasts, those of its beginning.
  ['resolved', '2026-02-20T20:10:00.000Z', '2026-02-11T19:45:00.123Z'],
] as const)('the events before and after an alert that is %s, at %s', (state, resolved_at, to) => {
  const alert = { ...FIRED, state, resolved_at, as_of: AS_OF };
  const params = new URL(eventsAround(alert), 'http://x').searchParams;
  expect([params.get('bot_id'), params.get('from'), params.get('to')]).toEqual([
    'orders-bot',
    '2026-02-10T19:45:00.123Z',
    to,
  ]);
});

describe('a page of the history', () => {
  const filter: HistoryFilter = { botId: '', rule: '', state: '', range: 'all' };
  const asked = (changes: Partial<HistoryFilter>, cursor = '') =>
    Object.fromEntries(
      new URL(historyPath({ ...filter, ...changes }, cursor, NOW_MS), 'http://x').searchParams,
    );

  test('is asked for by what is filled in', () => {
    expect(asked({})).toEqual({ limit: '50' });
    expect(asked({ botId: ' a ', rule: 'no_traffic', state: 'firing' }, 'c')).toEqual({
      bot_id: 'a',
      rule: 'no_traffic',
      state: 'firing',
      limit: '50',
      cursor: 'c',
    });
  });

  test('begins at a whole hour, so that the same is asked for within it', () => {
    expect(asked({ range: '24h' }).from).toBe('2026-02-09T20:00:00.000Z');
    expect(asked({ range: '7d' }).from).toBe('2026-02-03T20:00:00.000Z');
  });
});

describe('one alert', () => {
  test('is linked to by its bot, rule and moment', () => {
    expect(placeOf(placeText(FIRED))).toEqual(FIRED);
    expect(onePath(FIRED)).toBe(
      '/api/alerts?bot_id=orders-bot&rule=high_error_rate&from=2026-02-10T20%3A00%3A00.123Z&to=2026-02-10T20%3A00%3A00.124Z&limit=1',
    );
  });

  test.each(['', 'a', 'a|b', 'a|b|yesterday', 'a|b|2026-02-10T20:00:00.123Z|d'])(
    'is not found by %j',
    (text) => expect(placeOf(text)).toBeNull(),
  );
});
