import { expect, test } from '@jest/globals';
import { hourGrid } from './time-grid.ts';

test('every hour up to now has its row, or null', () => {
  const at = (time: string) => Date.parse(`2026-02-10T${time}:00Z`);
  const rows = [{ start: at('20:00') }, { start: at('18:00') }, { start: at('03:00') }];
  expect(hourGrid(rows, ({ start }) => start, { hours: 4, nowMs: at('20:59') })).toEqual({
    times: [at('17:00'), at('18:00'), at('19:00'), at('20:00')],
    rows: [null, rows[1], null, rows[0]],
  });
});
