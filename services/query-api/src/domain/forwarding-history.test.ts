import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BacklogHistory } from './forwarding-history.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:30Z');
const MINUTE_MS = 60_000;

describe('the history of a backlog', () => {
  test('knows nothing before the first word, and holds on to the last one', () => {
    const history = new BacklogHistory();
    history.note('a', { backlog: 5, oldestMs: NOW_MS - 150_000 }, NOW_MS - 2 * MINUTE_MS);
    const points = history.of('a', NOW_MS);
    expect(points).toHaveLength(60);
    expect(points.slice(-4)).toEqual([
      { at: '2026-02-10T19:58:00.000Z', backlog: null, oldest_age_seconds: null },
      { at: '2026-02-10T19:59:00.000Z', backlog: 5, oldest_age_seconds: 60 },
      { at: '2026-02-10T20:00:00.000Z', backlog: 5, oldest_age_seconds: 120 },
      { at: '2026-02-10T20:00:30.000Z', backlog: 5, oldest_age_seconds: 150 },
    ]);
    history.forget('a');
    expect(history.of('a', NOW_MS).every(({ backlog }) => backlog === null)).toBe(true);
  });

  test('shows at each point what was last said in its minute or before', () => {
    const changes = fc.array(
      fc.record({ afterMs: fc.nat(3 * MINUTE_MS), backlog: fc.nat(1_000) }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(changes, (said) => {
        const history = new BacklogHistory();
        const words: { atMs: number; backlog: number }[] = [];
        let nowMs = NOW_MS;
        for (const { afterMs, backlog } of said) {
          nowMs += afterMs;
          history.note('a', { backlog, oldestMs: null }, nowMs);
          words.push({ atMs: nowMs, backlog });
        }
        for (const { at, backlog } of history.of('a', nowMs)) {
          const last = words.findLast(({ atMs }) => atMs <= Date.parse(at));
          // Of the last minute before a point the newest word counts.
          expect(backlog).toBe(last?.backlog ?? null);
        }
      }),
    );
  });
});
