/** A bot as the judge is told of it: enabled since long, by the default settings. */
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import { testBot } from '@hookpulse/common/testing/bots';
import { iso } from '@hookpulse/common/values/iso';
import type { RosterEntry } from '../judging/bot-roster.ts';

/** @param sinceMs - since when it is there and enabled, milliseconds since the epoch */
export function sampleRosterEntry(
  sinceMs: number,
  { botId = 'a', name = 'A', rules = defaultRuleSettings(SAMPLE_ENVIRONMENT) } = {},
): RosterEntry {
  const since = iso(sinceMs);
  return {
    bot: testBot(botId, { name, created_at: since, updated_at: since }),
    partition: 0,
    settings: { receivers: [], rules },
    watchedSinceMs: sinceMs,
  };
}
