/** What a judge remembers between two looks, and when it must not. */
import type { AlertState } from '@hookpulse/common/alerts/alert-board';
import { alertKey } from '@hookpulse/common/domain/alerts/alert';
import { defaultRuleSettings } from '@hookpulse/common/domain/alerts/rules/rules';
import {
  NO_EVENTS,
  SAMPLE_ENVIRONMENT,
} from '@hookpulse/common/domain/alerts/rules/testing/sample-judging';
import { expect, test } from '@jest/globals';
import type { RosterEntry } from './bot-roster.ts';
import { Judge } from './judge.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-02-10T20:00:00Z');
const BOT_ID = 'a';
const RULES = ['high_error_rate', 'signature_failures', 'no_traffic', 'slow_processing'] as const;
const FAILING = { ...NO_EVENTS, events: 100, errors: 50, lastEventMs: START_MS };
const WELL = { ...NO_EVENTS, events: 100, lastEventMs: START_MS };

const entry: RosterEntry = {
  bot: {
    bot_id: BOT_ID,
    name: 'A',
    enabled: true,
    webhook_secret_sha256: '0'.repeat(64),
    report_token_sha256: '0'.repeat(64),
    created_at: new Date(START_MS).toISOString(),
    updated_at: new Date(START_MS).toISOString(),
  },
  partition: 0,
  settings: { receivers: [], rules: defaultRuleSettings(SAMPLE_ENVIRONMENT) },
  watchedSinceMs: START_MS,
  keys: {
    high_error_rate: alertKey({ bot_id: BOT_ID, rule: RULES[0] }),
    signature_failures: alertKey({ bot_id: BOT_ID, rule: RULES[1] }),
    no_traffic: alertKey({ bot_id: BOT_ID, rule: RULES[2] }),
    slow_processing: alertKey({ bot_id: BOT_ID, rule: RULES[3] }),
  },
};

test('a minute of clearness that others may have seen interrupted does not count', () => {
  const states = new Map<string, AlertState>();
  const judge = new Judge({ get: (key) => states.get(key) }, 15 * MINUTE_MS);
  const judgeAt = (facts: typeof FAILING, minutes: number) => {
    const happened = [...judge.judgeBot(entry, facts, START_MS + minutes * MINUTE_MS, () => false)];
    for (const transition of happened) {
      states.set(alertKey(transition), { transition, receipt: null });
    }
    return happened.map(({ transition }) => transition);
  };

  expect(judgeAt(FAILING, 0)).toEqual(['firing']);
  expect(judgeAt(WELL, 1)).toEqual([]);
  // The bot goes to another alerter, where the rule holds for a while, and comes back.
  judge.forgetUnless(() => false);
  expect(judgeAt(WELL, 5)).toEqual([]);
  // What is kept counts on.
  judge.forgetUnless(() => true);
  expect(judgeAt(WELL, 5.9)).toEqual([]);
  expect(judgeAt(WELL, 6)).toEqual(['resolved']);
});
