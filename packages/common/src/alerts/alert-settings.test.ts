/** Three layers, the nearer one wins field by field; and what they may hold. */
import { describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { AlertOverridesSchema, type AlertSettings, alertSettings } from './alert-settings.ts';
import { defaultRuleSettings } from './rules/rules.ts';
import { SAMPLE_ENVIRONMENT } from './rules/testing/sample-judging.ts';

const validator = Compile(AlertOverridesSchema);
const BASE: AlertSettings = {
  receivers: ['ops@example.com'],
  rules: defaultRuleSettings(SAMPLE_ENVIRONMENT),
};

describe('layers', () => {
  test('without any, the environment decides', () => {
    expect(alertSettings(BASE)).toEqual(BASE);
    expect(alertSettings(BASE, undefined, {}, undefined)).toEqual(BASE);
  });

  test('the nearest wins field by field', () => {
    const fleet = { high_error_rate: { threshold: 0.2, min_events: 50 }, receivers: ['a@b.c'] };
    const bot = { high_error_rate: { threshold: 0.5 } };
    expect(alertSettings(BASE, fleet, bot)).toEqual({
      receivers: ['a@b.c'],
      rules: {
        ...BASE.rules,
        high_error_rate: { ...BASE.rules.high_error_rate, threshold: 0.5, min_events: 50 },
      },
    });
  });

  test('nobody, nothing and off are values, too', () => {
    const settings = alertSettings(
      BASE,
      { receivers: ['a@b.c'], slow_processing: { limit_ms: 200 } },
      { receivers: [], slow_processing: { limit_ms: null }, no_traffic: { enabled: false } },
    );
    expect(settings.receivers).toEqual([]);
    expect(settings.rules.slow_processing.limit_ms).toBeNull();
    expect(settings.rules.no_traffic).toEqual({ ...BASE.rules.no_traffic, enabled: false });
  });

  test('leave what they are laid over as it was', () => {
    const before = structuredClone(BASE);
    alertSettings(BASE, { signature_failures: { threshold: 0 } });
    expect(BASE).toEqual(before);
  });
});

describe('overrides', () => {
  test.each([
    {},
    { receivers: [] },
    { receivers: ['ops@example.com', 'o+x@a-b.example'] },
    { high_error_rate: { threshold: 0, min_events: 0, repeat_after_minutes: 1, enabled: true } },
    { high_error_rate: {} },
    { slow_processing: { limit_ms: null } },
    { slow_processing: { limit_ms: 0.5 } },
    { no_traffic: { after_seconds: 86_400 } },
  ])('may be %j', (overrides) => expect(validator.Check(overrides)).toBe(true));

  test.each([
    null,
    [],
    { threshold: 1 },
    { other_rule: {} },
    { high_error_rate: { treshold: 0.1 } },
    { high_error_rate: { threshold: 1.1 } },
    { high_error_rate: { threshold: '0.1' } },
    { high_error_rate: { threshold: null } },
    { high_error_rate: { min_events: -1 } },
    { high_error_rate: { min_events: 1.5 } },
    { high_error_rate: { repeat_after_minutes: 0 } },
    { signature_failures: { threshold: -1 } },
    { no_traffic: { after_seconds: 0 } },
    { slow_processing: { limit_ms: 0 } },
    { receivers: 'ops@example.com' },
    { receivers: Array.from({ length: 51 }, (_, n) => `ops${n}@example.com`) },
  ])('may not be %j', (overrides) => expect(validator.Check(overrides)).toBe(false));

  test.each([
    '',
    'ops',
    'ops@',
    '@example.com',
    'a b@example.com',
    'a@b@c',
    'a@b.c\r\nBcc: d@e.f',
    'a\u0000@b.c',
    'a@b.c\u007f',
    'Ops <ops@example.com>',
    'a@b.c,d@e.f',
    'a@b.c;d@e.f',
    'group:a@b.c',
    'a(comment)@b.c',
    `${'x'.repeat(251)}@b.c`,
  ])('%j is no receiver', (receiver) => {
    expect(validator.Check({ receivers: [receiver] })).toBe(false);
  });
});
