import { RULE_NAMES, RULES } from '@hookpulse/common/alerts/rules/rules';
import { expect, test } from '@jest/globals';
import { mapShownRules, SHOWN } from './alert-rules.ts';

// The rules themselves bring their schemas along, which a browser need not load.
test('every rule is explained as it explains itself', () => {
  expect(mapShownRules((rule) => SHOWN[rule].meaning)).toEqual(
    Object.fromEntries(RULE_NAMES.map((rule) => [rule, RULES[rule].meaning])),
  );
});
