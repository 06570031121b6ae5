/** Bots that are changed: only as they are shown, and asked for anew afterwards. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import type { ApiRequest, Versioned } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
import { writeIfCurrent } from '../../api/write-if-current.ts';
import { NOTIFICATIONS_PATH } from '../../format/notification-words.ts';

/** After a bot was changed: what tells of bots is asked for anew. */
export function refreshBots(): void {
  resources.refresh('/api/bots');
  resources.refresh('/api/health');
  resources.refresh(NOTIFICATIONS_PATH);
}

export function pathOfBot(botId: string): string {
  return `/api/bots/${encodeURIComponent(botId)}`;
}

/**
 * Changes a bot unless somebody else has changed it since it was shown. Then it is shown as it is now, and nothing is
 * done: the caller decides about it first.
 * @throws ApiError
 */
export async function writeBot<T>(
  { data: bot, etag }: Versioned<BotDetails>,
  { search = '', ...request }: Omit<ApiRequest, 'ifMatch'> & { readonly search?: string },
): Promise<Versioned<T>> {
  const path = pathOfBot(bot.bot_id);
  const shown = { what: 'bot', shownAt: path };
  return writeIfCurrent<T>(path + search, { ...request, ifMatch: etag }, shown);
}
