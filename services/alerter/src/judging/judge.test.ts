/** What a judge remembers between two looks, and when it must not. */

import type { AlertState } from '@hookpulse/common/alerts/decider';
import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import { NO_EVENTS } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import type { BotWindow } from '../domain/sliding-window.ts';
import { sampleRosterEntry } from '../testing/sample-roster-entry.ts';
import { Judge } from './judge.ts';

const START_MS = Date.parse('2026-02-10T20:00:00Z');
const ENTRY = sampleRosterEntry(START_MS);
const FAILING = { ...NO_EVENTS, events: 100, errors: 50, lastEventMs: START_MS };
const WELL = { ...NO_EVENTS, events: 100, lastEventMs: START_MS };

/** One that holds just this. */
function windowOf(facts: WindowFacts): BotWindow {
  const window = {};
  return {
    facts: () => facts,
    mark: (nowMs) => ({ window, before: new Float64Array(), fromMs: nowMs }),
    factsSince: () => facts,
  };
}

test('a minute of clearness that others may have seen interrupted does not count', () => {
  const states = new Map<string, AlertState>();
  const judge = new Judge(() => states);
  const judgeAt = (facts: typeof FAILING, minutes: number) => {
    const known = {
      nowMs: START_MS + minutes * MINUTE_MS,
      knownSinceMs: START_MS,
      absences: [],
      windowMs: 15 * MINUTE_MS,
    };
    const judged = {
      entry: ENTRY,
      window: windowOf(facts),
      facts,
      heardMs: null,
      forwarding: null,
    };
    const happened = [...judge.judgeBot(judged, known, () => false)];
    for (const transition of happened) {
      states.set(transition.rule, { transition, receipt: null });
    }
    return happened.map(({ transition }) => transition);
  };

  expect(judgeAt(FAILING, 0)).toEqual(['firing']);
  expect(judgeAt(WELL, 1)).toEqual([]);
  // The bot goes to another alerter, where the rule holds for a while, and comes back.
  judge.forgetUnless(() => false);
  expect(judgeAt(WELL, 5)).toEqual([]);
  // What is kept counts on.
  judge.forgetUnless(() => true);
  expect(judgeAt(WELL, 5.9)).toEqual([]);
  expect(judgeAt(WELL, 6)).toEqual(['resolved']);
});
