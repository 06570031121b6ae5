/** The life of alerts, in simulated time. */
import { MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import {
  type Finding,
  type LifecycleStep,
  lifecycleStep,
  type OpenAlert,
  RESOLVED_AFTER_MS,
} from './lifecycle.ts';

const REPEAT_AFTER_MS = 30 * MINUTE_MS;
const holds: Finding = { kind: 'holds' };
const open: Finding = { kind: 'open' };
const clear: Finding = { kind: 'clear' };

/** Judges once a second, with mails that are taken at once; tells every transition and its second. */
function live(seconds: number, findingAt: (second: number) => Finding): [string, number][] {
  const transitions: [string, number][] = [];
  let alert: OpenAlert | null = null;
  for (let second = 0; second < seconds; second += 1) {
    const nowMs = second * SECOND_MS;
    const step: LifecycleStep = lifecycleStep(alert, findingAt(second), REPEAT_AFTER_MS, nowMs);
    if (step.transition) transitions.push([step.transition, second]);
    const settledMs: number | null = alert === null ? null : alert.mailSettledMs;
    if (step.transition === 'resolved') alert = null;
    else if (alert !== null || step.transition === 'firing') {
      alert = {
        clearSinceMs: step.clearSinceMs,
        mailSettledMs: step.transition === null ? settledMs : nowMs,
      };
    }
  }
  return transitions;
}

test('a rule that holds fires at once, and once', () => {
  expect(live(100, (second) => (second < 10 ? clear : holds))).toEqual([['firing', 10]]);
});

test('it is resolved after it was clear for a minute, and not before', () => {
  expect(live(100, (second) => (second < 10 ? holds : clear))).toEqual([
    ['firing', 0],
    ['resolved', 70],
  ]);
  expect(live(69, (second) => (second < 10 ? holds : clear))).toEqual([['firing', 0]]);
});

test.each([2, 7, 30, 59])(
  'a bot that hovers around the line for an hour, every %d s, fires once and is resolved once',
  (period) => {
    const hour = 3_600;
    const transitions = live(hour + 200, (second) =>
      second < hour && Math.floor(second / period) % 2 === 0 ? holds : clear,
    );
    expect(transitions.filter(([transition]) => transition === 'firing')).toHaveLength(1);
    expect(transitions.filter(([transition]) => transition === 'resolved')).toHaveLength(1);
    expect(transitions.at(-1)?.[1]).toBeGreaterThanOrEqual(hour);
  },
);

test('reminders come while it holds, each so long after the mail before was settled', () => {
  const transitions = live(2 * 3_600, () => holds);
  expect(transitions).toEqual([
    ['firing', 0],
    ['reminder', 1_800],
    ['reminder', 3_600],
    ['reminder', 5_400],
  ]);
});

test('there is no reminder while a mail is owed, nor while it is clear', () => {
  const nowMs = 10 * REPEAT_AFTER_MS;
  const owed: OpenAlert = { clearSinceMs: null, mailSettledMs: null };
  expect(lifecycleStep(owed, holds, REPEAT_AFTER_MS, nowMs).transition).toBeNull();
  const settled: OpenAlert = { clearSinceMs: null, mailSettledMs: 0 };
  expect(lifecycleStep(settled, holds, REPEAT_AFTER_MS, nowMs).transition).toBe('reminder');
  expect(lifecycleStep(settled, clear, REPEAT_AFTER_MS, nowMs)).toEqual({
    transition: null,
    clearSinceMs: nowMs,
  });
});

test('an alert of a bot that is not judged any more is resolved without waiting', () => {
  const over: Finding = { kind: 'over', reason: 'The bot was disabled.' };
  const alert: OpenAlert = { clearSinceMs: null, mailSettledMs: null };
  expect(lifecycleStep(alert, over, REPEAT_AFTER_MS, 0).transition).toBe('resolved');
  expect(lifecycleStep(null, over, REPEAT_AFTER_MS, 0).transition).toBeNull();
});

test('an alert that nothing shows to be over goes on without a reminder, and none begins', () => {
  const hour = 3_600;
  expect(live(hour, (second) => (second < 10 ? holds : open))).toEqual([['firing', 0]]);
  expect(live(hour, () => open)).toEqual([]);
  const almost: OpenAlert = { clearSinceMs: 0, mailSettledMs: 0 };
  const again = lifecycleStep(almost, open, REPEAT_AFTER_MS, RESOLVED_AFTER_MS - 1);
  expect(again).toEqual({ transition: null, clearSinceMs: null });
});

test('the minute is no longer for a clock that was set back meanwhile', () => {
  const ahead: OpenAlert = { clearSinceMs: 24 * 60 * MINUTE_MS, mailSettledMs: null };
  const { transition, clearSinceMs } = lifecycleStep(ahead, clear, REPEAT_AFTER_MS, 0);
  expect({ transition, clearSinceMs }).toEqual({ transition: null, clearSinceMs: 0 });
});

test('the minute begins anew when the rule holds in between', () => {
  const almost: OpenAlert = { clearSinceMs: 0, mailSettledMs: 0 };
  const again = lifecycleStep(almost, holds, REPEAT_AFTER_MS, RESOLVED_AFTER_MS - 1);
  expect(again).toEqual({ transition: null, clearSinceMs: null });
});
