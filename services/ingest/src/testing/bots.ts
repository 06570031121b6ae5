/** Bots and a registry in memory, for tests. */
import type { Bot } from '@hookpulse/common/bots/bot';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';

export const WEBHOOK_SECRET = 'the-secret_of-alpha';
export const REPORT_TOKEN = 'report-token-of-alpha';

export function makeBot(bot: Partial<Bot> = {}): Bot {
  return {
    bot_id: 'alpha',
    name: 'Alpha',
    enabled: true,
    webhook_secret_sha256: sha256Hex(WEBHOOK_SECRET),
    report_token_sha256: sha256Hex(REPORT_TOKEN),
    created_at: '2026-02-01T00:00:00.000Z',
    updated_at: '2026-02-01T00:00:00.000Z',
    ...bot,
  };
}

/** What ingest needs of the registry, over an array that a test may change. */
export function registryOf(bots: readonly Bot[]): Pick<BotRegistry, 'get' | 'ownerOfReportToken'> {
  return {
    get: (botId) => bots.find((bot) => bot.bot_id === botId),
    ownerOfReportToken: (sha256) =>
      bots.find(
        (bot) => bot.report_token_sha256 === sha256 || bot.previous_report_token?.sha256 === sha256,
      ),
  };
}
