import { describe, expect, test } from '@jest/globals';
import { signatureFailures } from './signature-failures.ts';
import {
  NO_EVENTS,
  SAMPLE_BOT,
  SAMPLE_ENVIRONMENT,
  SAMPLE_MOMENT,
} from './testing/sample-judging.ts';

const SETTINGS = signatureFailures.defaultsFrom(SAMPLE_ENVIRONMENT);

function holds(failures: number, threshold = SETTINGS.threshold): boolean {
  const facts = { ...NO_EVENTS, signatureFailures: failures };
  return signatureFailures.holds(facts, { ...SETTINGS, threshold }, SAMPLE_BOT, SAMPLE_MOMENT);
}

describe('signature_failures', () => {
  test('holds above the threshold', () => {
    expect(holds(0)).toBe(false);
    expect(holds(5)).toBe(false);
    expect(holds(6)).toBe(true);
    expect(holds(0, 0)).toBe(false);
    expect(holds(1, 0)).toBe(true);
  });

  test.each([
    [5, 4, 'clear'],
    [100, 0, 'clear'],
    // Nothing but wrong secrets arrives, or nothing at all.
    [4, 4, 'failing'],
    [0, 0, 'unknown'],
  ])(
    'of %d events with %d failures says of an alert that fires: %s',
    (events, failures, ending) => {
      const facts = { ...NO_EVENTS, events, errors: failures, signatureFailures: failures };
      expect(signatureFailures.ending(facts, SETTINGS, SAMPLE_BOT, SAMPLE_MOMENT)).toBe(ending);
    },
  );

  test("speaks in the contract's words", () => {
    const facts = { ...NO_EVENTS, signatureFailures: 7 };
    const told = signatureFailures.describe(facts, SETTINGS, SAMPLE_BOT, SAMPLE_MOMENT);
    expect(told).toEqual({
      sentence: 'Security alert for bot MyBot: 7 signature validation failures in last 15 minutes',
      severity: 7,
      facts: { signature_validation_failures: 7, threshold: 5 },
    });
    expect(signatureFailures.brief(told.facts)).toBe('7 signature validation failures');
  });
});
