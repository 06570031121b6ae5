import { HOUR_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { lookBackSpans } from './look-back.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const REQUEST = { filter: {}, bots: null, fromMs: null, toMs: null, after: null };

function hours(request: Partial<Parameters<typeof lookBackSpans>[0]>) {
  const inHours = (ms: number | null) => (ms === null ? null : (ms - NOW_MS) / HOUR_MS);
  return lookBackSpans({ ...REQUEST, ...request }, NOW_MS).map(({ fromMs, toMs }) => [
    inHours(fromMs),
    inHours(toMs),
  ]);
}

describe('the spans of a page', () => {
  test('begin with the last hour, and what is dated ahead; the day before it, and the rest', () => {
    expect(hours({})).toEqual([
      [-1, null],
      [-24, -1],
      [null, -24],
    ]);
  });

  test('go on from the end of the page before, or from the end that was asked for', () => {
    const after = { timeMs: NOW_MS - 30 * HOUR_MS, eventId: '', botId: '' };
    expect(hours({ after })).toEqual([
      [-31, null],
      [-54, -31],
      [null, -54],
    ]);
    expect(hours({ toMs: NOW_MS - 2 * HOUR_MS })[0]).toEqual([-3, -2]);
    expect(hours({ toMs: NOW_MS + 9 * HOUR_MS })[0]).toEqual([-1, 9]);
  });

  test('end where it was asked to begin', () => {
    expect(hours({ fromMs: NOW_MS - 5 * HOUR_MS })).toEqual([
      [-1, null],
      [-5, -1],
    ]);
    expect(hours({ fromMs: NOW_MS - HOUR_MS })).toEqual([[-1, null]]);
  });

  test('are one for an update, whose events an index finds', () => {
    expect(hours({ filter: { update_id: 7 } })).toEqual([[null, null]]);
  });
});
