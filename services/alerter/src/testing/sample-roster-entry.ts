/** A bot as the judge is told of it: enabled since long, by the default settings. */
import { alertKey } from '@hookpulse/common/alerts/alert';
import { defaultRuleSettings, mapRules } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import type { RosterEntry } from '../judging/bot-roster.ts';

const BOT_ID = 'a';

/** @param sinceMs - since when it is there and enabled, milliseconds since the epoch */
export function sampleRosterEntry(sinceMs: number): RosterEntry {
  const since = new Date(sinceMs).toISOString();
  return {
    bot: {
      bot_id: BOT_ID,
      name: 'A',
      enabled: true,
      webhook_secret_sha256: '0'.repeat(64),
      report_token_sha256: '0'.repeat(64),
      created_at: since,
      updated_at: since,
    },
    partition: 0,
    settings: { receivers: [], rules: defaultRuleSettings(SAMPLE_ENVIRONMENT) },
    watchedSinceMs: sinceMs,
    keys: mapRules((rule) => alertKey({ bot_id: BOT_ID, rule })),
  };
}
