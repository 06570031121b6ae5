/** Is the Bot API reached from here, and what does it say of the bot that sends alerts? */
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import type { Config } from '@hookpulse/service-kit/config/config';
import { type Check, failureWords } from './check.ts';
import { clockDifference } from './clock-check.ts';

const NAME = 'Telegram';
const TIMEOUT_MS = 5_000;

export async function checkTelegram({
  channels,
  forwarding,
}: Pick<Config, 'channels' | 'forwarding'>): Promise<Check[]> {
  const { telegramApiUrl: apiUrl, botToken } = channels;
  if (forwarding.ingestUrl === null && botToken === null) {
    const detail = 'not needed: neither INGEST_URL nor ALERT_BOT_TOKEN is set';
    return [{ name: NAME, state: 'skipped', detail }];
  }
  const reach = await checkReach(apiUrl);
  if (botToken === null || reach[0]?.state !== 'ok') return reach;
  return [...reach, await checkBot(apiUrl, botToken)];
}

async function checkReach(apiUrl: string): Promise<Check[]> {
  const { origin } = new URL(apiUrl);
  try {
    const sentMs = Date.now();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(apiUrl, { redirect: 'manual', signal });
    await answer.body?.cancel();
    const date = answer.headers.get('date');
    return [
      { name: NAME, state: 'ok', detail: `${origin} answers` },
      clockDifference("Telegram's clock", date, sentMs, Date.now()),
    ];
  } catch (error) {
    return [
      {
        name: NAME,
        state: 'problem',
        detail: `${origin} cannot be reached: ${failureWords(error)}`,
        remedy:
          'Let this machine open connections to it (port 443; a firewall, a proxy or DNS is in the way), or set TELEGRAM_API_URL to a Bot API server that it reaches.',
      },
    ];
  }
}

async function checkBot(apiUrl: string, token: string): Promise<Check> {
  const name = 'ALERT_BOT_TOKEN';
  const answer = await createBotApi({ apiUrl, token, timeoutMs: TIMEOUT_MS }).getMe();
  if (answer.kind === 'ok') {
    return { name, state: 'ok', detail: `alerts are sent by @${answer.result.username}` };
  }
  const why =
    answer.kind === 'refused' ? `${answer.errorCode} "${answer.description}"` : answer.reason;
  return {
    name,
    state: 'problem',
    detail: `Telegram does not take the token: ${why}`,
    remedy: 'Copy the token again from @BotFather (/mybots, API Token), and restart the alerter.',
  };
}
