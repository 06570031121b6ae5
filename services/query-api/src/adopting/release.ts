/** Gives a bot its own webhook back. May be repeated, and goes on from wherever it was cut off. */
import type { Release, ReleaseBody } from '@hookpulse/api/adoption';
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import type { Bot } from '@hookpulse/common/bots/bot';
import { iso } from '@hookpulse/common/values/iso';
import { conflict } from '@hookpulse/service-kit/http/http-error';
import { botIdAt, isFormerIngest } from '../domain/adoption-plan.ts';
import type { AdoptionDeps } from './adopt.ts';
import { awaitBacklog, type BacklogDeps, backlogOf } from './await-backlog.ts';
import { openBotSecrets } from './bot-secrets.ts';
import { shownUrl } from './shown-url.ts';
import { resultOf } from './telegram-calls.ts';

/** @throws HttpError when its webhook is not known, or Telegram does not answer */
export async function release(
  bot: Bot,
  body: ReleaseBody,
  deps: AdoptionDeps & BacklogDeps,
): Promise<Release> {
  const { ingestUrl, telegramApiUrl, secretBox } = deps;
  const { dry_run: isDryRun = false, wait: isPatient = true } = body;
  const { botToken: token, forwardUrl, forwardSecret } = openBotSecrets(bot, secretBox);
  if (forwardUrl === null) {
    throw conflict(`The own webhook of ${bot.bot_id} is not known: it was not adopted.`);
  }
  if (token === null) {
    throw conflict(
      `The bot token of ${bot.bot_id} is not known. Set it with PATCH /api/bots/${bot.bot_id} {"bot_token": …}.`,
    );
  }
  const api = createBotApi({ apiUrl: telegramApiUrl, token });
  const info = await resultOf(() => api.getWebhookInfo());
  const isBack = URL.parse(info.url)?.href === forwardUrl;
  const isOurs = botIdAt(ingestUrl ?? '', info.url) === bot.bot_id || isFormerIngest(bot, info.url);
  const answer = (outcome: Release['outcome'], url = forwardUrl): Release => ({
    bot_id: bot.bot_id,
    bot_name: bot.name,
    dry_run: isDryRun,
    webhook_url: shownUrl(url),
    outcome,
    backlog: backlogOf(bot.bot_id, deps),
    pending_update_count: info.pending_update_count,
    warnings: isBack || isOurs || info.url === '' ? [] : [OTHER_WEBHOOK],
  });
  if (isDryRun) return answer(isBack ? 'unchanged' : 'planned');
  // Whoever has set another one meant it.
  if (!isBack && !isOurs && info.url !== '') {
    await forget(bot.bot_id, deps);
    return answer('skipped', info.url);
  }
  if (!isBack) {
    if (isPatient && !(await awaitBacklog(bot.bot_id, deps))) return answer('waiting');
    // Telegram tells none where the webhook was deleted.
    const max_connections = info.max_connections ?? bot.forward?.max_connections;
    const ip = bot.adoption?.ip_address;
    await resultOf(() =>
      api.setWebhook({
        url: forwardUrl,
        ...(forwardSecret === null ? {} : { secret_token: forwardSecret }),
        ...(max_connections === undefined ? {} : { max_connections }),
        ...(ip === undefined ? {} : { ip_address: ip }),
      }),
    );
  }
  await forget(bot.bot_id, deps);
  return answer(isBack ? 'unchanged' : 'done');
}

const OTHER_WEBHOOK =
  'Telegram delivers to an address that Hookpulse has not set, so it was left as it is.';

/**
 * Disables it, as nothing is heard of it any more. Forwarding stays: what ingest has accepted before
 * still goes to the bot.
 */
function forget(botId: string, { registry, clock, changing }: AdoptionDeps): Promise<void> {
  return changing(async () => {
    const bot = registry.get(botId);
    if (!bot?.adoption) return;
    const { adoption: _adoption, ...kept } = bot;
    await registry.put({ ...kept, enabled: false, updated_at: iso(clock.now()) });
  });
}
