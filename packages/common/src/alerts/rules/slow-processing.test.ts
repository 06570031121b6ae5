import { describe, expect, test } from '@jest/globals';
import { slowProcessing } from './slow-processing.ts';
import {
  NO_EVENTS,
  SAMPLE_BOT,
  SAMPLE_ENVIRONMENT,
  SAMPLE_MOMENT,
} from './testing/sample-judging.ts';

const SETTINGS = slowProcessing.defaultsFrom(SAMPLE_ENVIRONMENT);

function judged(measured: number, slow: number, settings = SETTINGS) {
  const facts = { ...NO_EVENTS, events: measured, measured, slow };
  return {
    holds: slowProcessing.holds(facts, settings, SAMPLE_BOT, SAMPLE_MOMENT),
    ...slowProcessing.describe(facts, settings, SAMPLE_BOT, SAMPLE_MOMENT),
  };
}

/** p95 by nearest rank: the smallest time that at least 95 % are not above. */
function p95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? 0;
}

describe('slow_processing', () => {
  test('is off until there is a limit', () => {
    const off = slowProcessing.defaultsFrom({ ...SAMPLE_ENVIRONMENT, slowProcessingLimitMs: null });
    expect(judged(1_000, 1_000, off)).toMatchObject({
      holds: false,
      sentence: 'Bot "MyBot" has no limit of its processing time.',
    });
  });

  test.each([
    // Over when fewer than one in twenty-five take longer.
    [1_000, 41, 'unknown'],
    [1_000, 40, 'clear'],
    [20, 20, 'failing'],
    [4, 1, 'failing'],
    [20, 0, 'too_few'],
    [0, 0, 'too_few'],
  ])('of %d times with %d slow ones says of an alert that fires: %s', (measured, slow, ending) => {
    const facts = { ...NO_EVENTS, events: 1_000, measured, slow };
    const of = (settings: typeof SETTINGS) =>
      slowProcessing.ending(facts, settings, SAMPLE_BOT, SAMPLE_MOMENT);
    expect(of(SETTINGS)).toBe(ending);
    expect(of({ ...SETTINGS, limit_ms: null })).toBe('clear');
  });

  test('holds when more than one in twenty took longer', () => {
    expect(judged(100, 5).holds).toBe(false);
    expect(judged(100, 6).holds).toBe(true);
    expect(judged(1_000_000, 50_000).holds).toBe(false);
    expect(judged(1_000_000, 50_001).holds).toBe(true);
  });

  test('needs more events with a time than the least', () => {
    expect(judged(20, 20).holds).toBe(false);
    expect(judged(21, 21).holds).toBe(true);
    expect(judged(0, 0, { ...SETTINGS, min_events: 0 }).holds).toBe(false);
    expect(judged(1, 1, { ...SETTINGS, min_events: 0 }).holds).toBe(true);
  });

  test('is the same as p95 above the limit, for every number of slow ones', () => {
    for (let measured = 21; measured <= 120; measured += 1) {
      for (let slow = 0; slow <= measured; slow += 1) {
        const times = Array.from({ length: measured }, (_, n) => (n < slow ? 501 : 500));
        expect(judged(measured, slow).holds).toBe(p95(times) > 500);
      }
    }
  });

  test('says only what is true', () => {
    expect(judged(200, 30)).toMatchObject({
      sentence:
        'Bot "MyBot" has a p95 processing time above 500 ms (15.0% took longer: 30/200) in the last 15 minutes.',
      severity: 0.15,
      facts: { measured: 200, slow: 30, slow_share: 0.15, limit_ms: 500, min_events: 20 },
    });
    expect(judged(200, 2).sentence).toBe(
      'Bot "MyBot" has a p95 processing time within 500 ms (1.0% took longer: 2/200) in the last 15 minutes.',
    );
    expect(judged(0, 0).sentence).toBe(
      'Bot "MyBot" has reported no processing time in the last 15 minutes.',
    );
  });

  test('is told in brief', () => {
    expect(slowProcessing.brief(judged(200, 30).facts)).toBe('15.0% over 500 ms (30/200)');
    expect(slowProcessing.brief({})).toBe('0.0% over 0 ms (0/0)');
  });
});
