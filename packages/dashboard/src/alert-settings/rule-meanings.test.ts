import { RULE_NAMES, RULES } from '@hookpulse/common/alerts/rules/rules';
import { expect, test } from '@jest/globals';
import { RULE_MEANINGS } from './rule-meanings.ts';

// The rules themselves bring their schemas along, which a browser need not load.
test('every rule is explained as it explains itself', () => {
  expect(RULE_MEANINGS).toEqual(
    Object.fromEntries(RULE_NAMES.map((rule) => [rule, RULES[rule].meaning])),
  );
});
