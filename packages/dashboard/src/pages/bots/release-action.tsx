/** Gives Telegram the own webhook of an adopted bot back. */
import type { Release } from '@hookpulse/api/adoption';
import type { BotView } from '@hookpulse/api/bot-view';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { BotAction } from './bot-action.tsx';
import { refreshBots } from './write-bot.ts';

export function ReleaseAction({ bot }: { readonly bot: BotView }) {
  const [isAsked, setIsAsked] = useState(false);

  async function release(): Promise<void> {
    const path = `/api/bots/${encodeURIComponent(bot.bot_id)}/release`;
    const released = await askApi<Release>(path, { method: 'POST', body: {} });
    showToast({ tone: 'good', text: `Telegram delivers to ${released.webhook_url}.` });
    refreshBots();
  }

  return (
    <BotAction
      title="Release the bot"
      meaning="Telegram delivers to the bot's own webhook again. The bot is disabled here."
    >
      <Button kind="danger" onClick={() => setIsAsked(true)}>
        Release…
      </Button>
      {isAsked && (
        <ConfirmDialog
          title={`Release ${bot.name}?`}
          action="Release bot"
          isDangerous
          onConfirm={release}
          onClose={() => setIsAsked(false)}
        >
          <p>
            Telegram gets the bot's own webhook back, with its secret. What ingest has accepted
            before is still forwarded.
          </p>
        </ConfirmDialog>
      )}
    </BotAction>
  );
}
