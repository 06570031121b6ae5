/** A bot as a later version may have written it: known to this one, as far as this one understands it. */
import { alertSettings } from '@hookpulse/common/alerts/alert-settings';
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { testBot } from '@hookpulse/common/testing/bots';
import { BOTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { parseBotMessage } from './bot-message.ts';

test('rules and fields that only a later version has keep no bot from being known', () => {
  const overrides = {
    high_error_rate: { threshold: 0.4, later_field: 1 },
    later_rule: { enabled: true },
  };
  const bot = { ...testBot('alpha'), alerts: overrides };
  const read = parseBotMessage({
    topic: BOTS_TOPIC,
    partition: 0,
    offset: 0n,
    timestampMs: 0,
    key: 'alpha',
    value: Buffer.from(JSON.stringify(bot)),
    headers: {},
  });
  expect(read).toEqual({ key: 'alpha', change: bot });
  if (!('change' in read) || read.change === null) throw new Error('it is not known');
  const rules = defaultRuleSettings({
    windowMs: 900_000,
    errorRateThreshold: 0.1,
    minEvents: 10,
    signatureFailureThreshold: 0.05,
    repeatAfterMinutes: 60,
    noTrafficRepeatAfterMinutes: 60,
    noTrafficAfterSeconds: null,
    slowProcessingLimitMs: null,
  });
  const { rules: inForce } = alertSettings({ receivers: [], rules }, read.change.alerts);
  expect(inForce.high_error_rate.threshold).toBe(0.4);
  expect(Object.keys(inForce)).toEqual(Object.keys(rules));
});
