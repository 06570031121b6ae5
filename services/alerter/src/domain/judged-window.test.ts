/** Which time a bot is judged by, and what of it counts. */

import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { JudgedWindow } from './judged-window.ts';
import { windowShape } from './window-shape.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const ALL = { slowLimitMs: null, sinceMs: 0 };
const FAILED = sampleEvent({ event_type: 'error', error_type: 'ValueError' });
const WELL = sampleEvent({ event_type: 'processed' });
const RECEIVED = sampleEvent({ event_type: 'received' });

const opened = () => new JudgedWindow(windowShape(15 * MINUTE_MS), 0);

describe('reports of a worker whose clock is slow', () => {
  test.each([20 * MINUTE_MS, 40 * SECOND_MS])(
    'are judged by the time of the log (%d ms)',
    (slowMs) => {
      const window = opened();
      for (let second = 0; second <= 20; second += 1) {
        const atMs = NOW_MS + second * SECOND_MS;
        window.add(RECEIVED, atMs, atMs, ALL);
        window.add(FAILED, atMs - slowMs - (second % 3) * SECOND_MS, atMs, ALL);
      }
      const atMs = NOW_MS + 20 * SECOND_MS;
      expect(window.facts(atMs)).toMatchObject({ events: 21, errors: 21, lastEventMs: atMs });
      expect(window.causes(atMs)).toMatchObject([{ error_type: 'ValueError', count: 21 }]);
      // They leave the window a window later, as all events do.
      expect(window.facts(atMs + 16 * MINUTE_MS)).toMatchObject({ events: 0, errors: 0 });
    },
  );

  test('are found among those of workers whose clocks are right', () => {
    const window = opened();
    for (let second = 0; second < 300; second += 3) {
      const atMs = NOW_MS + second * SECOND_MS;
      window.add(WELL, atMs, atMs, ALL);
      if (second % 30 === 0) window.add(FAILED, atMs - 20 * MINUTE_MS, atMs, ALL);
    }
    expect(window.facts(NOW_MS + 300 * SECOND_MS)).toMatchObject({ events: 110, errors: 10 });
  });
});

describe('reports that come late for another reason count when they happened', () => {
  test('all at once', () => {
    const window = opened();
    for (let event = 0; event < 100; event += 1) {
      window.add(FAILED, NOW_MS - 20 * MINUTE_MS, NOW_MS, ALL);
    }
    expect(window.facts(NOW_MS)).toMatchObject({ events: 0, errors: 0 });
  });

  test.each([1, 5])(
    'one after the other, every %d s, what failed in one moment',
    (pauseSeconds) => {
      const window = opened();
      for (let event = 0; event < 100; event += 1) {
        const atMs = NOW_MS + event * pauseSeconds * SECOND_MS;
        window.add(FAILED, NOW_MS - 20 * MINUTE_MS, atMs, ALL);
        expect(window.facts(atMs).errors).toBe(0);
      }
    },
  );

  test('from a queue that is worked off faster than it had grown', () => {
    const window = opened();
    for (let event = 0; event < 120; event += 1) {
      const happenedMs = NOW_MS - 60 * MINUTE_MS + event * 10 * SECOND_MS;
      window.add(FAILED, happenedMs, NOW_MS + event * 500, ALL);
    }
    expect(window.facts(NOW_MS + MINUTE_MS).errors).toBe(0);
  });

  test('and are no cause of what fails now', () => {
    const window = opened();
    for (let event = 0; event < 500; event += 1) {
      window.add(FAILED, NOW_MS - 120 * MINUTE_MS, NOW_MS, ALL);
    }
    const current = sampleEvent({ event_type: 'error', error_type: 'TimeoutError' });
    for (let second = 0; second < 20; second += 1) {
      const atMs = NOW_MS + second * SECOND_MS;
      window.add(current, atMs, atMs, ALL);
    }
    const atMs = NOW_MS + 20 * SECOND_MS;
    expect(window.facts(atMs)).toMatchObject({ errors: 20 });
    const cause = { error_type: 'TimeoutError', count: 20, failures: 20 };
    expect(window.causes(atMs)).toMatchObject([cause]);
  });

  test('and show that the bot is not silent', () => {
    const window = opened();
    window.add(FAILED, NOW_MS - 20 * MINUTE_MS, NOW_MS, ALL);
    expect(window.facts(NOW_MS + MINUTE_MS)).toMatchObject({ events: 0, lastEventMs: NOW_MS });
  });
});

test('what happened, or was logged, before the bot was enabled does not count', () => {
  const window = opened();
  const terms = { slowLimitMs: null, sinceMs: NOW_MS };
  expect(window.add(FAILED, NOW_MS - 1, NOW_MS + 1, terms)).toBe(false);
  expect(window.add(FAILED, NOW_MS, NOW_MS - 1, terms)).toBe(false);
  expect(window.add(FAILED, NOW_MS, NOW_MS, terms)).toBe(true);
  expect(window.facts(NOW_MS)).toMatchObject({ events: 1, errors: 1 });
});

test('counts on from a mark for as long as it takes, and not from one of another window', () => {
  const window = opened();
  window.add(FAILED, NOW_MS, NOW_MS, ALL);
  const laterMs = NOW_MS + 20 * MINUTE_MS;
  window.add(WELL, laterMs, laterMs, ALL);
  const mark = window.mark(laterMs);
  for (let hour = 1; hour <= 12; hour += 1) {
    const atMs = laterMs + hour * 60 * MINUTE_MS;
    window.add(WELL, atMs, atMs, ALL);
  }
  const nowMs = laterMs + 13 * 60 * MINUTE_MS;
  expect(window.factsSince(mark, nowMs)).toMatchObject({ events: 13, errors: 0 });
  expect(opened().factsSince(mark, nowMs)).toBeNull();
});
