/** What holds for every rule, whichever there are. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import {
  defaultRuleSettings,
  describeByRule,
  isRuleName,
  RULE_NAMES,
  RULES,
  RuleSettingsSchema,
  ruleHolds,
} from './rules.ts';
import {
  NO_EVENTS,
  SAMPLE_BOT,
  SAMPLE_ENVIRONMENT,
  SAMPLE_MOMENT,
} from './testing/sample-judging.ts';

const SETTINGS = defaultRuleSettings(SAMPLE_ENVIRONMENT);
const BAD = { ...NO_EVENTS, events: 99, errors: 99, signatureFailures: 99, measured: 99, slow: 99 };

test('the rules are those of the contract, and slow_processing', () => {
  expect(RULE_NAMES).toEqual([
    'high_error_rate',
    'signature_failures',
    'no_traffic',
    'slow_processing',
    'forwarding_stuck',
  ]);
  expect(['constructor', '__proto__', '', 'High_Error_Rate'].some(isRuleName)).toBe(false);
});

test("the defaults are the contract's, and fit their schema", () => {
  expect(Check(RuleSettingsSchema, SETTINGS)).toBe(true);
  expect(SETTINGS).toMatchObject({
    high_error_rate: { threshold: 0.1, min_events: 10, repeat_after_minutes: 30 },
    signature_failures: { threshold: 5, repeat_after_minutes: 30 },
    no_traffic: { after_seconds: 900, repeat_after_minutes: 60 },
    slow_processing: { limit_ms: 500, repeat_after_minutes: 30 },
    forwarding_stuck: { max_age_seconds: 300, repeat_after_minutes: 30 },
  });
  const extremes = [
    { windowMs: 1_000, noTrafficAfterSeconds: null, slowProcessingLimitMs: null },
    { windowMs: 86_400_000, errorRateThreshold: 1, minEvents: 0 },
  ];
  for (const extreme of extremes) {
    const settings = defaultRuleSettings({ ...SAMPLE_ENVIRONMENT, ...extreme });
    expect(Check(RuleSettingsSchema, settings)).toBe(true);
  }
});

describe.each(RULE_NAMES)('%s', (name) => {
  test('is not judged where it is switched off', () => {
    expect(ruleHolds(name, BAD, SETTINGS, SAMPLE_BOT, SAMPLE_MOMENT)).toBe(true);
    const off = { ...SETTINGS, [name]: { ...SETTINGS[name], enabled: false } };
    expect(ruleHolds(name, BAD, off, SAMPLE_BOT, SAMPLE_MOMENT)).toBe(false);
  });

  test('holds only at its line or above it, whatever is found', () => {
    const count = fc.nat(40);
    const found = fc.record({
      events: count,
      errors: count,
      signatureFailures: count,
      measured: count,
      slow: count,
      lastEventMs: fc.option(fc.nat(2_000_000).map((agoMs) => SAMPLE_MOMENT.nowMs - agoMs)),
    });
    fc.assert(
      fc.property(found, fc.nat(600_000), (facts, ageMs) => {
        const forwarding = {
          oldestMs: SAMPLE_MOMENT.nowMs - ageMs,
          backlog: 1,
          isPaused: false,
          isFailing: false,
        };
        const bot = { ...SAMPLE_BOT, forwarding };
        const described = describeByRule(name, facts, SETTINGS, bot, SAMPLE_MOMENT);
        const { value, line } = RULES[name].gauge.read(described.facts);
        const holds = ruleHolds(name, facts, SETTINGS, bot, SAMPLE_MOMENT);
        if (holds) expect(value).toBeGreaterThanOrEqual(line);
        if (value < line) expect(holds).toBe(false);
      }),
    );
  });

  test('has words and finite numbers for whatever is found', () => {
    for (const facts of [NO_EVENTS, BAD]) {
      const finding = describeByRule(name, facts, SETTINGS, SAMPLE_BOT, SAMPLE_MOMENT);
      expect(finding.sentence).toContain('MyBot');
      expect(finding.sentence).not.toMatch(/NaN|undefined|null|Infinity/);
      for (const value of [finding.severity, ...Object.values(finding.facts)]) {
        expect(Number.isFinite(value)).toBe(true);
      }
      expect(RULES[name].brief(finding.facts)).not.toMatch(/NaN|undefined|null|Infinity|MyBot/);
    }
    // The log may hold facts of a later version.
    expect(RULES[name].brief({ other: 1 })).not.toMatch(/NaN|undefined/);
    expect(Object.values(RULES[name].gauge.read({ other: 1 })).every(Number.isFinite)).toBe(true);
  });
});
