import { describe, expect, test } from '@jest/globals';
import { chartGrid } from './chart-grid.ts';
import type { MetricsQuery } from './metrics-query.ts';

const NOW_MS = Date.parse('2026-02-10T20:20:00Z');
const at = (hour: string) => ({ start: `2026-02-10T${hour}:00:00Z` });
const FLEET = { subject: { kind: 'fleet' }, unit: 'hour' } as const;
const since = (hour: string, until: string | null = null): MetricsQuery => ({
  ...FLEET,
  range: {
    kind: 'own',
    fromMs: Date.parse(at(hour).start),
    toMs: until === null ? null : Date.parse(at(until).start),
  },
});
const hoursOf = ({ times }: { times: readonly number[] }) =>
  times.map((timeMs) => new Date(timeMs).toISOString().slice(11, 13));

describe('the hours of a chart', () => {
  test('are all of the chosen time, up to now', () => {
    const grid = chartGrid([at('19'), at('18')], false, since('17'), NOW_MS);
    expect(hoursOf(grid)).toEqual(['17', '18', '19', '20']);
    expect(grid.rows).toEqual([null, at('18'), at('19'), null]);
  });

  test('reach as far as bots are ahead, and no further than was chosen', () => {
    expect(hoursOf(chartGrid([at('21')], false, since('20'), NOW_MS))).toEqual(['20', '21']);
    expect(hoursOf(chartGrid([at('18')], false, since('18', '20'), NOW_MS))).toEqual(['18', '19']);
  });

  test('begin with the oldest that is known, where the time has no beginning or more rows', () => {
    const anyTime: MetricsQuery = { ...FLEET, range: { kind: 'preset', preset: 'all' } };
    expect(hoursOf(chartGrid([at('19')], false, anyTime, NOW_MS))).toEqual(['19', '20']);
    expect(hoursOf(chartGrid([at('19')], true, since('03'), NOW_MS))).toEqual(['19', '20']);
    expect(hoursOf(chartGrid([], false, anyTime, NOW_MS))).toEqual([]);
  });
});
