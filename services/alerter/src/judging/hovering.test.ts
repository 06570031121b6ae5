/** A bot whose failures chance moves about the line for an hour, event by event, in simulated time. */

import type { AlertState } from '@hookpulse/common/alerts/decider';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { SlidingWindow } from '../domain/sliding-window.ts';
import { windowShape } from '../domain/window-shape.ts';
import { sampleRosterEntry } from '../testing/sample-roster-entry.ts';
import { Judge } from './judge.ts';

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
  const eventsOf = (chance: number) =>
    Array.from({ length: EVENTS_PER_SECOND }, () =>
      uniformFloat64(random) < chance ? FAILED : SUCCEEDED,
    );
  return happenedIn(chances.map(eventsOf)).map((one) => one.replace(/^\S+ /, ''));
}

/**
 * What happens, in its order: `rule transition`.
 * @param seconds - the events of each
 * @param isDownAt - whether the forwarder says of a second that the bot takes nothing
 */
function happenedIn(
  seconds: readonly (readonly (typeof FAILED)[])[],
  isDownAt: (second: number) => boolean = () => false,
): string[] {
  const window = new SlidingWindow(windowShape(WINDOW_SECONDS * SECOND_MS));
  const states = new Map<string, AlertState>();
  const judge = new Judge(() => states);
  const entry = sampleRosterEntry(START_MS);
  const happened: string[] = [];
  seconds.forEach((events, second) => {
    const nowMs = START_MS + second * SECOND_MS;
    for (const event of events) window.add(event, nowMs, nowMs, null);
    const windowMs = WINDOW_SECONDS * SECOND_MS;
    const known = { nowMs, knownSinceMs: START_MS, absences: [], windowMs };
    const isFailing = isDownAt(second);
    const forwarding = { oldestMs: null, backlog: 0, isPaused: false, isFailing };
    const facts = window.facts(nowMs);
    const judged = { entry, window, facts, heardMs: null, forwarding };
    for (const transition of judge.judgeBot(judged, known, () => false)) {
      states.set(transition.rule, { transition, receipt: null });
      happened.push(`${transition.rule} ${transition.transition}`);
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

describe('a bot with little traffic', () => {
  const few = (seconds: number, everySeconds: number, event: typeof FAILED) =>
    Array.from({ length: seconds }, (_, second) => (second % everySeconds === 0 ? [event] : []));

  test('whose events all fail is not resolved by having few of them, nor by silence', () => {
    const burst = Array.from({ length: 20 }, () => [FAILED]);
    const trickle = few(4 * HOUR_SECONDS, 300, FAILED);
    expect(happenedIn([...burst, ...trickle, ...few(HOUR_SECONDS, HOUR_SECONDS, FAILED)])).toEqual([
      'high_error_rate firing',
      'no_traffic firing',
    ]);
  });

  test('is resolved when as many went well as the rule needs, over several windows', () => {
    const burst = Array.from({ length: 20 }, () => [FAILED]);
    // Three in a window: the eleventh comes fifty minutes later.
    expect(happenedIn([...burst, ...few(45 * 60, 300, SUCCEEDED)])).toEqual([
      'high_error_rate firing',
    ]);
    expect(happenedIn([...burst, ...few(75 * 60, 300, SUCCEEDED)])).toEqual([
      'high_error_rate firing',
      'high_error_rate resolved',
    ]);
  });
});

test('a bot that is down is not resolved by updates that nobody has handed to it', () => {
  const received = sampleEvent({ event_type: 'received' });
  const down = Array.from({ length: 3 * HOUR_SECONDS }, (_, second) =>
    second < 20 ? [received, FAILED] : [received],
  );
  const well = Array.from({ length: HOUR_SECONDS }, () => [received, SUCCEEDED]);
  const isDownAt = (second: number) => second < down.length;
  expect(happenedIn(down, isDownAt)).toEqual(['high_error_rate firing']);
  expect(happenedIn([...down, ...well], isDownAt)).toEqual([
    'high_error_rate firing',
    'high_error_rate resolved',
  ]);
});

test('is resolved, and fires again, where it truly got better in between', () => {
  const bad = seconds(WINDOW_SECONDS, 2 * THRESHOLD);
  const better = seconds(2 * WINDOW_SECONDS, THRESHOLD / 2);
  expect(transitionsOf(1, [...bad, ...better, ...bad])).toEqual(['firing', 'resolved', 'firing']);
});
