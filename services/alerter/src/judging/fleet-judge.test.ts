/** When a partition that has just come into these hands is judged. */
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import { expect, test } from '@jest/globals';
import { windowShape } from '../domain/window-shape.ts';
import { sampleRosterEntry } from '../testing/sample-roster-entry.ts';
import { FleetJudge } from './fleet-judge.ts';
import { WatchedPartition } from './watched-partition.ts';

const WINDOW_MS = 900_000;
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
/** Silent for long enough to fire at once. */
const ENTRY = sampleRosterEntry(NOW_MS - 2 * WINDOW_MS);

test('a new owner judges when it has read the events, and all that the owner before decided', async () => {
  const watched = watchedPartition();
  const { judge, decided } = judgeOf(watched);
  // Neither is known; the alert table alone is; both are, the alert table as of before.
  expect(await judge.judgeAll(null)).toBeNull();
  expect(await judge.judgeAll(NOW_MS + 1)).toBeNull();
  watched.watermark.told(6n, NOW_MS + 1);
  expect(await judge.judgeAll(NOW_MS + 1)).toBeNull();
  watched.watermark.reached(6n);
  expect(await judge.judgeAll(NOW_MS - 1)).toBeNull();
  expect(decided).toEqual([]);
  expect(await judge.judgeAll(NOW_MS)).toBe(NOW_MS);
  expect(decided).toMatchObject([{ rule: 'no_traffic', transition: 'firing' }]);
  // Of the time before nothing is known, and so nothing is said.
  expect(decided[0]?.reason).toBe('Bot "A" has had no webhook traffic in the last 15 minutes.');
});

function watchedPartition(): WatchedPartition {
  const start = { partition: 0, offset: 5n, sinceMs: NOW_MS - WINDOW_MS, assignedMs: NOW_MS };
  return new WatchedPartition(start, windowShape(WINDOW_MS));
}

function judgeOf(watched: WatchedPartition) {
  const decided: AlertTransition[] = [];
  const judge = new FleetJudge({
    roster: { get: () => ENTRY, enabledOn: () => [ENTRY], partitionOf: () => 0 },
    alertStates: { get: () => undefined, ofBot: () => new Map(), list: () => [] },
    partitions: {
      async *inTurns() {
        yield watched;
      },
      get: () => watched,
    },
    publisher: { isWaiting: () => false, add: (transition) => decided.push(transition) },
    presence: { absences: () => [] },
    firstEvents: { heardMs: () => NOW_MS - WINDOW_MS, note: async () => undefined },
    forwardingOf: () => null,
    windowMs: WINDOW_MS,
  });
  return { judge, decided };
}
