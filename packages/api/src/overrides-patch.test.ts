import { describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { AlertOverridesPatchSchema, patchOverrides } from './overrides-patch.ts';

const current = {
  receivers: ['ops@example.com'],
  high_error_rate: { threshold: 0.2, min_events: 5 },
  no_traffic: { after_seconds: 60 },
};

describe('a patch of overrides', () => {
  test.each([
    ['nothing', {}, current],
    [
      'one value',
      { high_error_rate: { threshold: 0.5 } },
      { ...current, high_error_rate: { threshold: 0.5, min_events: 5 } },
    ],
    [
      'another rule',
      { slow_processing: { limit_ms: 800 } },
      { ...current, slow_processing: { limit_ms: 800 } },
    ],
    ['a list as a whole', { receivers: [] }, { ...current, receivers: [] }],
  ])('changes %s', (_name, patch, expected) => {
    expect(patchOverrides(current, patch)).toEqual(expected);
  });

  test('removes by null, and what is left empty goes with it', () => {
    const patch = { receivers: null, high_error_rate: { threshold: null }, no_traffic: null };
    const once = patchOverrides(current, patch);
    expect(once).toEqual({ high_error_rate: { min_events: 5 } });
    expect(patchOverrides(once, { high_error_rate: { min_events: null } })).toEqual({});
    expect(patchOverrides({}, { high_error_rate: { min_events: null }, no_traffic: {} })).toEqual(
      {},
    );
  });

  test('leaves what it is given as it was', () => {
    const before = structuredClone(current);
    patchOverrides(current, { high_error_rate: null });
    expect(current).toEqual(before);
  });
});

describe('the schema', () => {
  const validator = Compile(AlertOverridesPatchSchema);
  test.each<[unknown, boolean]>([
    [{}, true],
    [{ receivers: null, no_traffic: null }, true],
    [{ high_error_rate: { threshold: null, enabled: false } }, true],
    [{ slow_processing: { limit_ms: null } }, true],
    [{ slow_processing: { limit_ms: 0 } }, false],
    [{ high_error_rate: { threshold: 1.1 } }, false],
    [{ high_error_rate: { limit_ms: 1 } }, false],
    [{ high_error_rate: 0.5 }, false],
    [{ receivers: ['nobody'] }, false],
    [{ no_such_rule: {} }, false],
    [JSON.parse('{"__proto__":{"threshold":1}}'), false],
    [[], false],
    [null, false],
  ])('finds that %j is %s', (patch, isFine) => {
    expect(validator.Check(patch)).toBe(isFine);
  });
});
