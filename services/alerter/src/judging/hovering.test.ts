/** A bot whose failures chance moves about the line for an hour, event by event, in simulated time. */
import type { AlertState } from '@hookpulse/common/alerts/alert-board';
import { alertKey } from '@hookpulse/common/domain/alerts/alert';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { expect, test } from '@jest/globals';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { SlidingWindow } from '../domain/sliding-window.ts';
import { windowShape } from '../domain/window-shape.ts';
import { sampleRosterEntry } from '../testing/sample-roster-entry.ts';
import { Judge } from './judge.ts';

const SECOND_MS = 1_000;
const HOUR_SECONDS = 3_600;
const WINDOW_SECONDS = 900;
const START_MS = Date.parse('2026-02-10T20:00:00Z');
const EVENTS_PER_SECOND = 10;
const THRESHOLD = 0.1;
const SUCCEEDED = sampleEvent({ event_type: 'processed' });
const FAILED = sampleEvent({ event_type: 'error', status: 'failed', error_type: 'ValueError' });

/** @param chances - each event's chance to fail, one number a second */
function transitionsOf(seed: number, chances: readonly number[]): string[] {
  const random = xoroshiro128plus(seed);
  const window = new SlidingWindow(windowShape(WINDOW_SECONDS * SECOND_MS));
  const states = new Map<string, AlertState>();
  const judge = new Judge({ get: (key) => states.get(key) }, WINDOW_SECONDS * SECOND_MS);
  const entry = sampleRosterEntry(START_MS);
  const happened: string[] = [];
  chances.forEach((chance, second) => {
    const nowMs = START_MS + second * SECOND_MS;
    for (let event = 0; event < EVENTS_PER_SECOND; event += 1) {
      window.add(uniformFloat64(random) < chance ? FAILED : SUCCEEDED, nowMs, nowMs, null);
    }
    const known = { nowMs, knownSinceMs: START_MS };
    for (const transition of judge.judgeBot(entry, window.facts(nowMs), known, () => false)) {
      states.set(alertKey(transition), { transition, receipt: null });
      happened.push(transition.transition);
    }
  });
  return happened;
}

const seconds = (count: number, chance: number) => Array.from({ length: count }, () => chance);

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'fires once and is resolved once where each event fails by chance (seed %d)',
  (seed) => {
    const hovering = seconds(WINDOW_SECONDS + HOUR_SECONDS, THRESHOLD);
    const well = seconds(2 * WINDOW_SECONDS, 0);
    expect(transitionsOf(seed, [...hovering, ...well])).toEqual(['firing', 'resolved']);
  },
);

test('is resolved, and fires again, where it truly got better in between', () => {
  const bad = seconds(WINDOW_SECONDS, 2 * THRESHOLD);
  const better = seconds(2 * WINDOW_SECONDS, THRESHOLD / 2);
  expect(transitionsOf(1, [...bad, ...better, ...bad])).toEqual(['firing', 'resolved', 'firing']);
});
