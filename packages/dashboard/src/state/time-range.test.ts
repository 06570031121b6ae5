import { HOUR_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { hasUnknownRange, rangeOfUrl, rangeText, spanOfRange, urlOfRange } from './time-range.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00.000Z');

const PRESETS = ['all', '1h', '24h'] as const;

function urlOf(search: string) {
  const params = new URLSearchParams(search);
  return { get: (name: string) => params.get(name) ?? '' };
}

function rangeOf(search: string) {
  return rangeOfUrl(urlOf(search), PRESETS);
}

describe('a range of time', () => {
  test.each([
    ['', { fromMs: null, toMs: null }, 'Any time'],
    ['?range=1h', { fromMs: NOW_MS - HOUR_MS, toMs: null }, 'Last hour'],
    ['?range=nonsense', { fromMs: null, toMs: null }, 'Any time'],
    ['?from=%2B275760-09-13T00:00:00Z', { fromMs: null, toMs: null }, 'Any time'],
    ['?range=7d', { fromMs: null, toMs: null }, 'Any time'],
    ['?from=2026-02-30T00:00:00Z', { fromMs: null, toMs: null }, 'Any time'],
    ['?from=2026-02-10', { fromMs: null, toMs: null }, 'Any time'],
    ['?from=2026-02-10T20:00%2B01:00', { fromMs: NOW_MS - HOUR_MS, toMs: null }, /^Since 10 Feb/],
    [
      '?range=1h&to=2026-02-10T19:00:00Z',
      { fromMs: null, toMs: NOW_MS - HOUR_MS },
      /^Until 10 Feb/,
    ],
    ['?from=2026-02-10T19:00:00Z', { fromMs: NOW_MS - HOUR_MS, toMs: null }, /^Since 10 Feb/],
  ])('is read from %p', (search, span, text) => {
    const range = rangeOf(search);
    expect(spanOfRange(range, NOW_MS)).toEqual(span);
    expect(rangeText(range)).toMatch(text);
  });

  test.each([
    ['', false],
    ['?range=1h&from=2026-02-10T19:00:00Z', false],
    ['?range=2h', true],
    ['?from=2026-11-28T21:00:00%2B01:00[Europe/Berlin]', true],
    ['?from=2026-02-10T19:00:00Z&to=2026-02-30T00:00:00Z', true],
  ])('in %p is passed over: %p', (search, isPassedOver) => {
    expect(hasUnknownRange(urlOf(search), PRESETS)).toBe(isPassedOver);
  });

  test.each(['range=24h', 'from=2026-02-10T19:00:00.000Z&to=2026-02-10T20:00:00.000Z'])(
    'is written as it was read: %s',
    (search) => {
      const written = urlOfRange(rangeOf(search), 'all');
      const names = Object.entries(written).filter(([, value]) => value !== null);
      expect(names.map(([name, value]) => `${name}=${value}`).join('&')).toBe(search);
    },
  );

  test('needs no words when it is the one that stands without', () => {
    expect(urlOfRange(rangeOf(''), 'all')).toEqual({ range: null, from: null, to: null });
  });
});
