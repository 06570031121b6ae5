/** The condition that is drawn of an alert is the one that the alerter judged by. */
import {
  defaultRuleSettings,
  describeByRule,
  overrideRules,
  ruleHolds,
} from '@hookpulse/common/alerts/rules/rules';
import { countAbove } from '@hookpulse/common/digest/count-above';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { addEvent, emptyWindow, SLICE_MS, windowStart } from '@hookpulse/common/windows/window';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SlidingWindow } from '../services/alerter/src/domain/sliding-window.ts';
import { windowShape } from '../services/alerter/src/domain/window-shape.ts';
import {
  conditionPoints,
  conditionSpan,
  type JudgedAlert,
  type SliceFacts,
} from '../services/query-api/src/domain/alert-condition.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const WINDOW_MS = 15 * MINUTE_MS;
const SETTINGS = defaultRuleSettings({
  windowMs: WINDOW_MS,
  errorRateThreshold: 0.1,
  minEvents: 3,
  signatureFailureThreshold: 1,
  repeatAfterMinutes: 30,
  noTrafficRepeatAfterMinutes: 60,
  noTrafficAfterSeconds: null,
  slowProcessingLimitMs: 500,
});
const RULES = ['high_error_rate', 'signature_failures', 'no_traffic', 'slow_processing'] as const;

const arbitraryEvent = fc.record({
  agoMs: fc.nat(90 * MINUTE_MS).map((ms) => ms + 1),
  event: fc.constantFrom(
    sampleEvent({ event_type: 'received', status: 'success' }),
    sampleEvent({ event_type: 'received', status: 'failed', error_type: 'InvalidSignature' }),
    sampleEvent({ event_type: 'processed', processing_time_ms: 499 }),
    sampleEvent({ event_type: 'processed', processing_time_ms: 501 }),
    sampleEvent({ event_type: 'error', status: 'failed', error_type: 'Timeout' }),
  ),
});

test('at every minute it has the value, the line and the verdict of the alerter', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryEvent, { minLength: 1, maxLength: 80 }),
      fc.constantFrom(...RULES),
      (given, rule) => {
        const events = given
          .map(({ agoMs, event }) => ({ timeMs: NOW_MS - agoMs, event }))
          .toSorted((a, b) => a.timeMs - b.timeMs);
        const firedAtMs = NOW_MS - 20 * MINUTE_MS;
        const alert: JudgedAlert = {
          ...{ rule, botName: 'MyBot', firedAtMs, endMs: null },
          transitions: [{ transition: 'firing', at: iso(firedAtMs), facts: {} }],
        };
        const terms = {
          ...{ settings: SETTINGS, enabledSinceMs: null, heardMs: null },
          ...{ windowMs: WINDOW_MS, nowMs: NOW_MS },
        };
        const span = conditionSpan(alert, terms);
        if (!span) throw new Error('there is a span');
        expect([span.fromMs, span.toMs]).toEqual([firedAtMs - 30 * MINUTE_MS, NOW_MS]);
        const known = events.filter(({ timeMs }) => timeMs >= span.slicesFromMs);
        const points = conditionPoints(alert, terms, span, slicesOf(known));
        expect(points).toHaveLength(51);
        const bot = { name: 'MyBot', watchedSinceMs: 0, isHeard: true, forwarding: null };
        const window = new SlidingWindow(windowShape(WINDOW_MS));
        let next = 0;
        for (const point of points) {
          const nowMs = Date.parse(point.at);
          for (; (known[next]?.timeMs ?? Number.POSITIVE_INFINITY) < nowMs; next += 1) {
            const { event, timeMs } = known[next] ?? { event: sampleEvent({}), timeMs: 0 };
            window.add(event, timeMs, timeMs, 500);
          }
          const facts = window.facts(nowMs);
          const at = { nowMs, knownSinceMs: span.slicesFromMs, windowMs: WINDOW_MS, absences: [] };
          const { severity } = describeByRule(rule, facts, SETTINGS, bot, at);
          // Severity is what the rule measures, of silence in milliseconds.
          const value = rule === 'no_traffic' ? Math.floor(severity / 1_000) : severity;
          expect(point.value).toBe(value);
          expect(point.holds).toBe(ruleHolds(rule, facts, SETTINGS, bot, at));
        }
      },
    ),
  );
});

test('each moment is judged by the limits of then, whatever they are now', () => {
  const firedAtMs = NOW_MS - 20 * MINUTE_MS;
  const alert: JudgedAlert = {
    ...{ rule: 'high_error_rate', botName: 'MyBot', firedAtMs, endMs: NOW_MS - 10 * MINUTE_MS },
    transitions: [
      { transition: 'firing', at: iso(firedAtMs), facts: { threshold: 0.2, min_events: 1 } },
      { transition: 'resolved', at: iso(NOW_MS - 10 * MINUTE_MS), facts: { threshold: 0.5 } },
    ],
  };
  const off = { ...SETTINGS.high_error_rate, enabled: false };
  const terms = {
    settings: { ...SETTINGS, high_error_rate: off },
    ...{ enabledSinceMs: NOW_MS, heardMs: null, windowMs: WINDOW_MS, nowMs: NOW_MS },
  };
  const span = conditionSpan(alert, terms);
  if (!span) throw new Error('there is a span');
  const failed = sampleEvent({ event_type: 'error', status: 'failed', error_type: 'Timeout' });
  const events = [1, 2].map((n) => ({ timeMs: firedAtMs - n * 1_000, event: failed }));
  const points = conditionPoints(alert, terms, span, slicesOf(events));
  expect(new Set(points.map(({ line }) => line))).toEqual(new Set([0.2, 0.5]));
  expect(points.find(({ at }) => at === iso(firedAtMs))).toMatchObject({ value: 1, holds: true });
  expect(points.at(-1)).toMatchObject({ value: 0, line: 0.5, holds: false });
});

test('a limit of the processing time that is switched off holds no more', () => {
  const firedAtMs = NOW_MS - 20 * MINUTE_MS;
  const offAtMs = NOW_MS - 10 * MINUTE_MS;
  const limits = (limit_ms: number) => ({ limit_ms, min_events: 1 });
  const alert: JudgedAlert = {
    ...{ rule: 'slow_processing', botName: 'MyBot', firedAtMs, endMs: offAtMs },
    transitions: [
      { transition: 'firing', at: iso(firedAtMs), facts: limits(500) },
      // As the rule tells that it has no limit.
      { transition: 'resolved', at: iso(offAtMs), facts: limits(0) },
    ],
  };
  const terms = {
    settings: overrideRules(SETTINGS, { slow_processing: { limit_ms: null } }),
    ...{ enabledSinceMs: null, heardMs: null, windowMs: WINDOW_MS, nowMs: NOW_MS },
  };
  const span = conditionSpan(alert, terms);
  if (!span) throw new Error('there is a span');
  const processed = (processing_time_ms: number) =>
    sampleEvent({ event_type: 'processed', processing_time_ms });
  const events = Array.from({ length: 40 }, (_, n) => ({
    timeMs: firedAtMs - MINUTE_MS + n * 30_000,
    event: processed(n % 2 === 0 ? 900 : 100),
  }));
  const points = conditionPoints(alert, terms, span, slicesOf(events));
  const pointAt = (atMs: number) => points.find(({ at }) => at === iso(atMs));
  expect(pointAt(offAtMs - MINUTE_MS)).toMatchObject({ value: 0.5, holds: true });
  expect(pointAt(offAtMs)).toMatchObject({ value: expect.closeTo(0.5, 1), holds: false });
  expect(points.at(-1)).toMatchObject({ value: expect.closeTo(0.5, 1), holds: false });
});

test('a bot that had not been heard yet was not silent', () => {
  const firedAtMs = NOW_MS - 5 * MINUTE_MS;
  const heardMs = firedAtMs - WINDOW_MS;
  const alert: JudgedAlert = {
    ...{ rule: 'no_traffic', botName: 'MyBot', firedAtMs, endMs: null },
    transitions: [
      {
        ...{ transition: 'firing', at: iso(firedAtMs) },
        facts: { silent_seconds: WINDOW_MS / 1_000, after_seconds: WINDOW_MS / 1_000 },
      },
    ],
  };
  const terms = {
    ...{ settings: SETTINGS, windowMs: WINDOW_MS, nowMs: NOW_MS },
    // Enabled an hour before its first delivery.
    ...{ enabledSinceMs: heardMs - 60 * MINUTE_MS, heardMs },
  };
  const span = conditionSpan(alert, terms);
  if (!span) throw new Error('there is a span');
  const event = sampleEvent({ event_type: 'received', status: 'success' });
  const points = conditionPoints(alert, terms, span, slicesOf([{ timeMs: heardMs, event }]));
  const held = points.filter(({ holds }) => holds).map(({ at }) => Date.parse(at));
  expect(held[0]).toBe(firedAtMs);
  expect(held.at(-1)).toBe(NOW_MS);
  expect(points[0]).toMatchObject({ value: WINDOW_MS / 1_000, holds: false });
});

test('an alert older than the stored slices, or of a rule that slices do not cover, has no points', () => {
  const terms = {
    ...{ settings: SETTINGS, enabledSinceMs: null, heardMs: null },
    ...{ windowMs: WINDOW_MS, nowMs: NOW_MS },
  };
  const old = { firedAtMs: NOW_MS - 48 * 60 * MINUTE_MS, endMs: NOW_MS - 47 * 60 * MINUTE_MS };
  const base = { botName: 'MyBot', transitions: [] };
  expect(conditionSpan({ rule: 'no_traffic', ...base, ...old }, terms)).toBeNull();
  const waiting = { ...base, firedAtMs: NOW_MS - MINUTE_MS, endMs: null };
  expect(conditionSpan({ rule: 'forwarding_stuck', ...waiting }, terms)).toBeNull();
});

/** As the store has them, in order of time. */
function slicesOf(
  events: readonly { timeMs: number; event: ReturnType<typeof sampleEvent> }[],
): SliceFacts[] {
  const byStart = Map.groupBy(events, ({ timeMs }) => windowStart(timeMs, SLICE_MS));
  return [...byStart]
    .toSorted(([a], [b]) => a - b)
    .map(([startMs, own]) => {
      const window = emptyWindow();
      for (const { event, timeMs } of own) addEvent(window, event, timeMs);
      return {
        ...{ startMs, counters: window.counters, measured: window.processing.count },
        lastEventMs: window.lastEventMs ?? 0,
        slowerThan: (limitMs) => countAbove(window.latency.toBytes(), limitMs),
      };
    });
}
