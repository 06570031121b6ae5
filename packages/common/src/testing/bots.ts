/** Bots for tests. */
import type { Bot } from '../bots/bot.ts';
import { sha256Hex } from '../values/secrets.ts';

export function testBot(botId: string, changes: Partial<Bot> = {}): Bot {
  return {
    bot_id: botId,
    name: `Bot ${botId}`,
    enabled: true,
    webhook_secret_sha256: sha256Hex(`secret of ${botId}`),
    report_token_sha256: sha256Hex(`token of ${botId}`),
    created_at: '2026-02-01T00:00:00.000Z',
    updated_at: '2026-02-01T00:00:00.000Z',
    ...changes,
  };
}
