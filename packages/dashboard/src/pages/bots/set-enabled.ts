/** Takes a bot's deliveries in, or refuses them; and offers the way back. */
import type { BotView } from '@hookpulse/api/bot-view';
import { ApiError, askApi } from '../../api/client.ts';
import { showToast } from '../../ui/toast.tsx';
import { refreshBots } from './refresh-bots.ts';

type NamedBot = Pick<BotView, 'bot_id' | 'name'>;

/** @throws ApiError */
export async function setEnabled(bot: NamedBot, enabled: boolean): Promise<void> {
  await patchEnabled(bot, enabled);
  showToast({
    tone: 'good',
    text: enabled ? `${bot.name} is enabled.` : `${bot.name} is disabled.`,
    action: { title: 'Undo', run: () => void undo(bot, enabled) },
  });
}

async function undo(bot: NamedBot, enabled: boolean): Promise<void> {
  try {
    await patchEnabled(bot, !enabled);
    showToast({ tone: 'good', text: `${bot.name} is ${enabled ? 'disabled' : 'enabled'} again.` });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showToast({ tone: 'bad', text: `Undo failed: ${error.message}` });
  }
}

async function patchEnabled({ bot_id }: NamedBot, enabled: boolean): Promise<void> {
  const path = `/api/bots/${encodeURIComponent(bot_id)}`;
  await askApi<unknown>(path, { method: 'PATCH', body: { enabled } });
  refreshBots();
}
