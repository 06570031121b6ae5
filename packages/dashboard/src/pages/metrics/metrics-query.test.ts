import { describe, expect, test } from '@jest/globals';
import { chartQuery, csvPath, metricsQueryOfUrl, pagePath } from './metrics-query.ts';

const NOW_MS = Date.parse('2026-02-10T20:20:00.000Z');

function queryOf(search: string) {
  const params = new URLSearchParams(search);
  return metricsQueryOfUrl({ get: (name) => params.get(name) ?? '' }, NOW_MS);
}
const fieldsOf = (path: string) =>
  Object.fromEntries(new URL(path, 'http://localhost').searchParams);

describe('which hours are looked at', () => {
  test('those of the fleet that the last day touches, when the address says nothing', () => {
    expect(pagePath(queryOf(''), NOW_MS, '')).toMatch(/^\/api\/metrics\/hourly\?/);
    expect(fieldsOf(pagePath(queryOf(''), NOW_MS, ''))).toEqual({
      group: 'fleet',
      by: 'hour',
      from: '2026-02-09T20:00:00.000Z',
      limit: '1000',
    });
  });

  test.each([
    ['?group=bot', { by: 'hour', limit: '100' }],
    ['?bot_id=a', { bot_id: 'a', by: 'hour', limit: '1000' }],
    ['?bot_id=a&group=bot&by=day', { bot_id: 'a', by: 'day', limit: '1000' }],
    ['?by=week&group=all', { group: 'fleet', by: 'hour', limit: '1000' }],
    ['?bot_id=a&by=minute', { bot_id: 'a', by: 'minute', limit: '1000' }],
    // There are minutes of one series, and of the last day.
    ['?group=bot&by=minute', { by: 'hour', limit: '100' }],
    ['?by=minute&range=7d', { group: 'fleet', by: 'hour', limit: '1000' }],
  ])('%p of the address asks for %p', (search, expected) => {
    const { from, ...fields } = fieldsOf(pagePath(queryOf(search), NOW_MS, ''));
    expect(fields).toEqual(expected);
  });

  test('whole hours and whole days, so that the same is asked for until they change', () => {
    expect(fieldsOf(pagePath(queryOf('?by=day&range=7d'), NOW_MS, 'c'))).toMatchObject({
      from: '2026-02-03T00:00:00.000Z',
      cursor: 'c',
    });
    const own = '?from=2026-02-10T18:10:00Z&to=2026-02-10T19:10:00Z';
    expect(fieldsOf(pagePath(queryOf(own), NOW_MS, ''))).toMatchObject({
      from: '2026-02-10T18:00:00.000Z',
      to: '2026-02-10T20:00:00.000Z',
    });
  });

  test('all of them go into the file', () => {
    const { limit, ...shown } = fieldsOf(pagePath(queryOf('?group=bot'), NOW_MS, ''));
    expect(fieldsOf(csvPath(queryOf('?group=bot'), NOW_MS))).toEqual({ ...shown, format: 'csv' });
  });
});

test.each([
  ['', 'hour'],
  ['?range=1h', 'minute'],
  ['?range=6h&by=hour', 'minute'],
  ['?range=30d', 'hour'],
  ['?range=90d', 'day'],
  ['?range=all', 'day'],
  ['?by=day&bot_id=a', 'day'],
  ['?group=bot', undefined],
])('the charts of %p are by the %s', (search, unit) => {
  expect(chartQuery(queryOf(search), NOW_MS)?.unit).toBe(unit);
});
