/** Bots that are changed: only as they are shown, and asked for anew afterwards. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import {
  ApiError,
  type ApiRequest,
  askVersioned,
  isOutOfDate,
  type Versioned,
} from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
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
  try {
    return await askVersioned<T>(path + search, { ...request, ifMatch: etag });
  } catch (failure) {
    if (!isOutOfDate(failure)) throw failure;
    resources.refresh(path);
    throw new ApiError(
      'Someone else changed this bot in the meantime. It is shown as it is now. Check it, then try again.',
      { statusCode: failure.statusCode },
    );
  }
}
