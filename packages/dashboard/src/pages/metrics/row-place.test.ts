import { describe, expect, test } from '@jest/globals';
import { pagePath } from './metrics-query.ts';
import { rowKey, rowPlaceOf, rowQuery } from './row-place.ts';

const START = '2026-02-10T20:00:00Z';
const startMs = Date.parse(START);

describe('the place of a row', () => {
  test.each([
    [
      { start: START, bot_id: null },
      { startMs, botId: null },
    ],
    [
      { start: START, bot_id: 'a' },
      { startMs, botId: 'a' },
    ],
  ])('of %p is read as it was written', (row, place) => {
    expect(rowPlaceOf(rowKey(row))).toEqual(place);
  });

  test.each(['', 'yesterday', `${START}|`, `${START}|a|b`])('%p is none', (text) => {
    expect(rowPlaceOf(text)).toBeNull();
  });

  test('asks for that row alone', () => {
    expect(pagePath(rowQuery({ startMs, botId: 'a' }, 'hour'), startMs, '')).toMatch(
      /\?bot_id=a&by=hour&from=2026-02-10T20%3A00%3A00.000Z&to=2026-02-10T21%3A00%3A00.000Z&/,
    );
    expect(pagePath(rowQuery({ startMs, botId: null }, 'hour'), startMs, '')).toMatch(
      /\?group=fleet&by=hour&/,
    );
  });
});
