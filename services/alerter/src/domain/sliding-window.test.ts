/** The sliding window against a count of the same events by hand. */

import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { SLOW_CLOCK_MS } from '@hookpulse/common/events/slow-clock';
import { INVALID_SIGNATURE } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { countEvent, emptyCounters, eventsOf } from '@hookpulse/common/windows/counters';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PartitionWindows } from './partition-windows.ts';
import { SlidingWindow } from './sliding-window.ts';
import { windowShape } from './window-shape.ts';

const START_MS = Date.parse('2026-02-10T20:00:00Z');
const SLOW_LIMIT_MS = 100;
const BOTS = ['a', 'b'];

/** One step of a generated history: time passes, and then something is logged or asked. */
interface Step {
  readonly passesMs: number;
  readonly botId: string;
  /** Event time against log time: late below 0, ahead above. */
  readonly skewMs: number;
  /** Logs an earlier event again instead, counted back from the newest; 0: a new event. */
  readonly repeats: number;
  readonly kind: Pick<LoggedEvent['event'], 'event_type' | 'status' | 'error_type'>;
  readonly processingMs: number | null;
}

const KINDS: readonly Step['kind'][] = [
  { event_type: 'received', status: 'success', error_type: null },
  { event_type: 'received', status: 'failed', error_type: INVALID_SIGNATURE },
  { event_type: 'processed', status: 'success', error_type: null },
  { event_type: 'error', status: 'failed', error_type: 'ValueError' },
  { event_type: 'response_sent', status: 'success', error_type: null },
  { event_type: 'retry', status: 'pending', error_type: null },
];

function steps(windowMs: number): fc.Arbitrary<Step[]> {
  const step = fc.record({
    // Bursts, a slow trickle, and silences longer than the window.
    passesMs: fc.oneof(
      { weight: 6, arbitrary: fc.nat(20) },
      { weight: 3, arbitrary: fc.nat(Math.ceil(windowMs / 5)) },
      { weight: 1, arbitrary: fc.nat(windowMs * 3) },
    ),
    botId: fc.constantFrom(...BOTS),
    skewMs: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: -50, max: 0 }) },
      { weight: 2, arbitrary: fc.integer({ min: -2 * windowMs, max: 0 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 5 * MINUTE_MS }) },
    ),
    repeats: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat(9) },
    ),
    kind: fc.constantFrom(...KINDS),
    processingMs: fc.option(fc.nat(2 * SLOW_LIMIT_MS)),
  });
  return fc.array(step, { minLength: 1, maxLength: 80 });
}

const history = fc
  .integer({ min: 10, max: 86_400 })
  .chain((seconds) =>
    fc.record({ windowMs: fc.constant(seconds * 1_000), steps: steps(seconds * 1_000) }),
  );

test('agrees with a count by hand over any history', () => {
  fc.assert(
    fc.property(history, ({ windowMs, steps }) => {
      const shape = windowShape(windowMs);
      const windows = new PartitionWindows(shape, 0);
      const logged: LoggedEvent[] = [];
      let nowMs = START_MS;
      for (const step of steps) {
        nowMs += step.passesMs;
        const event = logStep(step, nowMs, logged);
        logged.push(event);
        windows.fold(event, { slowLimitMs: SLOW_LIMIT_MS, sinceMs: 0 });
        for (const botId of BOTS) {
          const sinceMs = Math.floor((nowMs - windowMs) / shape.sliceMs) * shape.sliceMs;
          const facts = windows.window(botId).facts(nowMs);
          expect(facts).toEqual(countByHand(logged, botId, sinceMs));
          // And so it is off by a slice at most against the window that people mean.
          const exact = countByHand(logged, botId, nowMs - windowMs);
          const longer = countByHand(logged, botId, nowMs - windowMs - shape.sliceMs);
          expect(facts.errors).toBeGreaterThanOrEqual(exact.errors);
          expect(facts.errors).toBeLessThanOrEqual(longer.errors);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test.each([10, 60, 900, 3_600, 86_400])(
  'a window of %d s has an edge of 5 s at most',
  (seconds) => {
    expect(windowShape(seconds * 1_000).sliceMs).toBeLessThanOrEqual(5_000);
    expect(windowShape(seconds * 1_000).sliceMs).toBeLessThanOrEqual(seconds * 100);
  },
);

test('counts on when a slice holds more than fits into a byte, or into two', () => {
  const window = new SlidingWindow(windowShape(10_000));
  for (let count = 1; count <= 70_000; count += 1) {
    window.add(sampleEvent(), START_MS + (count % 3) * 1_000, START_MS + 3_000, null);
  }
  window.add(sampleEvent(), START_MS, START_MS + 3_000, null);
  for (let count = 1; count <= 70_000; count += 1) {
    window.add(sampleEvent(), START_MS + 3_000, START_MS + 3_000, null);
  }
  expect(window.facts(START_MS + 3_000).events).toBe(140_001);
  expect(window.facts(START_MS + 13_000).events).toBe(70_000);
  expect(window.facts(START_MS + 14_000).events).toBe(0);
});

test('counts what the log brings of a time so far ahead that no slice holds it', () => {
  const window = new SlidingWindow(windowShape(10_000));
  const yearAheadMs = START_MS + 365 * 24 * 60 * MINUTE_MS;
  expect(window.add(sampleEvent(), yearAheadMs, START_MS, null)).toBe(true);
  expect(window.facts(START_MS)).toMatchObject({ events: 1, lastEventMs: START_MS });
  expect(window.facts(START_MS + 6 * MINUTE_MS)).toMatchObject({ events: 0 });
});

test('lets go of bots that are not watched any more', () => {
  const windows = new PartitionWindows(windowShape(10_000), 0);
  for (const botId of BOTS) {
    windows.fold(logStep({ ...plain, botId }, START_MS, []), { slowLimitMs: null, sinceMs: 0 });
  }
  windows.forgetUnless((botId) => botId === 'b', START_MS);
  expect(windows.window('a').facts(START_MS).events).toBe(1);
  windows.forgetUnless((botId) => botId === 'b', START_MS + 1);
  expect(windows.window('a').facts(START_MS).events).toBe(0);
  expect(windows.window('b').facts(START_MS).events).toBe(1);
});

const plain: Step = {
  passesMs: 0,
  botId: 'a',
  skewMs: 0,
  repeats: 0,
  kind: { event_type: 'received', status: 'success', error_type: null },
  processingMs: null,
};

function logStep(step: Step, logTimeMs: number, earlier: readonly LoggedEvent[]): LoggedEvent {
  const offset = BigInt(earlier.length);
  const repeated = step.repeats > 0 ? earlier.at(-step.repeats) : undefined;
  if (repeated) return { ...repeated, offset, logTimeMs };
  // Reports that are later might show that a clock is slow: those have a test of their own.
  const isReport = step.kind.event_type !== 'received';
  const skewMs = isReport ? Math.max(step.skewMs, 1 - SLOW_CLOCK_MS) : step.skewMs;
  const eventTimeMs = logTimeMs + skewMs;
  const event = sampleEvent({
    ...step.kind,
    bot_id: step.botId,
    event_id: `00000000-0000-4000-8000-${String(offset).padStart(12, '0')}`,
    timestamp: new Date(eventTimeMs).toISOString(),
    processing_time_ms: step.processingMs,
  });
  return { offset, logTimeMs, event, eventTimeMs };
}

/** Every event of the bot since then, each id once as long as it is remembered. */
function countByHand(logged: readonly LoggedEvent[], botId: string, sinceMs: number): WindowFacts {
  const counters = emptyCounters();
  const seenMinutes = new Map<string, number>();
  let measured = 0;
  let slow = 0;
  let lastEventMs: number | null = null;
  for (const { event, eventTimeMs, logTimeMs } of logged) {
    if (event.bot_id !== botId) continue;
    const minute = Math.floor(logTimeMs / MINUTE_MS);
    const seenMinute = seenMinutes.get(event.event_id);
    if (seenMinute !== undefined && minute - seenMinute <= 10) continue;
    seenMinutes.set(event.event_id, minute);
    const isRequest = ['received', 'processed', 'error'].includes(event.event_type);
    const isLate = event.event_type !== 'received' && logTimeMs - eventTimeMs >= SLOW_CLOCK_MS;
    const happenedMs = isLate ? logTimeMs : Math.min(eventTimeMs, logTimeMs);
    if (isRequest) lastEventMs = Math.max(lastEventMs ?? 0, happenedMs);
    if (eventTimeMs < sinceMs) continue;
    countEvent(counters, event);
    const isWork = event.event_type === 'processed' || event.event_type === 'error';
    if (!isWork || event.processing_time_ms === null) continue;
    measured += 1;
    if (event.processing_time_ms > SLOW_LIMIT_MS) slow += 1;
  }
  return {
    events: eventsOf(counters),
    errors: counters.requests_failed,
    signatureFailures: counters.signature_validation_failures,
    measured,
    slow,
    lastEventMs,
  };
}
