/** Takes a bot's deliveries in, or refuses them; and offers the way back. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import { ApiError, type Versioned } from '../../api/client.ts';
import { showToast } from '../../ui/toast.tsx';
import { refreshBots, writeBot } from './write-bot.ts';

/** @throws ApiError */
export async function setEnabled(known: Versioned<BotDetails>, enabled: boolean): Promise<void> {
  const { name } = known.data;
  const changed = await patchEnabled(known, enabled);
  showToast({
    tone: 'good',
    text: enabled ? `${name} is enabled.` : `${name} is disabled.`,
    action: { title: 'Undo', run: () => void undo(changed, enabled) },
  });
}

async function undo(changed: Versioned<BotDetails>, enabled: boolean): Promise<void> {
  const { name } = changed.data;
  try {
    await patchEnabled(changed, !enabled);
    showToast({ tone: 'good', text: `${name} is ${enabled ? 'disabled' : 'enabled'} again.` });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showToast({ tone: 'bad', text: `Undo failed: ${error.message}` });
  }
}

async function patchEnabled(known: Versioned<BotDetails>, enabled: boolean) {
  const changed = await writeBot<BotDetails>(known, { method: 'PATCH', body: { enabled } });
  refreshBots();
  return changed;
}
