/** The bots of the demo as the registry holds them, and the secrets that their traffic carries. */

import type { Bot } from '@hookpulse/common/bots/bot';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { randomSecret, sha256Hex } from '@hookpulse/common/values/secrets';
import type { Character } from './character.ts';

export interface DemoBot {
  readonly character: Character;
  readonly record: Bot;
  readonly webhookSecret: string;
  readonly reportToken: string;
}

/** How long ago the first bot was created; the others follow one after the other. */
const OLDEST_DAYS = 90;

export function demoBots(fleet: readonly Character[], startMs: number): DemoBot[] {
  return fleet.map((character, number) => {
    const webhookSecret = randomSecret();
    const reportToken = randomSecret();
    const createdAt = new Date(startMs - (OLDEST_DAYS - 2 * number) * DAY_MS).toISOString();
    const record: Bot = {
      bot_id: character.botId,
      name: character.name,
      enabled: character.isEnabled,
      webhook_secret_sha256: sha256Hex(webhookSecret),
      report_token_sha256: sha256Hex(reportToken),
      created_at: createdAt,
      updated_at: createdAt,
      ...(Object.keys(character.alerts).length === 0 ? {} : { alerts: character.alerts }),
    };
    return { character, record, webhookSecret, reportToken };
  });
}
