/** What is kept sealed of an adopted bot, opened. What a lost key sealed counts as not known. */
import { ADOPTION_SECRET_FIELD } from '@hookpulse/common/bots/adoption';
import type { Bot } from '@hookpulse/common/bots/bot';
import { SEALED_FIELDS } from '@hookpulse/common/bots/forwarding';
import { SealedSecretError, type SecretBox } from '@hookpulse/common/values/sealed-secret';

export interface BotSecrets {
  readonly botToken: string | null;
  /** The secret that Telegram sends to ingest. */
  readonly webhookSecret: string | null;
  /** The secret that the bot expects. */
  readonly forwardSecret: string | null;
  /** The bot's own webhook, with user name and password. */
  readonly forwardUrl: string | null;
}

/** @throws SealedSecretError when the bot has a forwarding URL or secret that cannot be opened */
export function openBotSecrets(bot: Bot, box: SecretBox): BotSecrets {
  const { bot_id: botId, bot_token: token, adoption, forward } = bot;
  return {
    botToken: optional(() => token && box.open(token, botId, SEALED_FIELDS.botToken)),
    webhookSecret: optional(
      () => adoption && box.open(adoption.webhook_secret, botId, ADOPTION_SECRET_FIELD),
    ),
    forwardSecret:
      forward?.secret === undefined
        ? null
        : box.open(forward.secret, botId, SEALED_FIELDS.forwardSecret),
    forwardUrl: forward
      ? urlWith(
          forward.sealed_url === undefined
            ? forward.url
            : box.open(forward.sealed_url, botId, SEALED_FIELDS.forwardUrl),
          forward.credentials &&
            box.open(forward.credentials, botId, SEALED_FIELDS.forwardCredentials),
        )
      : null,
  };
}

function optional(open: () => string | undefined): string | null {
  try {
    return open() ?? null;
  } catch (error) {
    if (error instanceof SealedSecretError) return null;
    throw error;
  }
}

/** @param credentials - `user:password`; the user name has no colon */
function urlWith(text: string, credentials: string | undefined): string {
  const url = URL.parse(text);
  if (!url || credentials === undefined) return text;
  const [username = '', ...password] = credentials.split(':');
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password.join(':'));
  return url.href;
}
