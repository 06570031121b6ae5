/** Deletes a bot, once its name was typed; its history only when that is wanted, too. */

import type { BotDetails } from '@hookpulse/api/bot-view';
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { useState } from 'preact/hooks';
import type { Versioned } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { CheckBox } from '../../ui/check-box.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { erasedText, remainsText } from './erase-words.ts';
import { pathOfBot, refreshBots, writeBot } from './write-bot.ts';

export interface DeleteBotDialogProps {
  readonly known: Versioned<BotDetails>;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

export function DeleteBotDialog({ known, onDeleted, onClose }: DeleteBotDialogProps) {
  const bot = known.data;
  const { access } = useSession();
  const [erases, setErases] = useState(false);

  async function remove(): Promise<void> {
    const search = erases ? '?erase=true' : '';
    const request = { method: 'DELETE', search } as const;
    const { data: erased } = await writeBot<ErasedHistory | undefined>(known, request);
    const text = erased
      ? `${bot.name} was deleted, with ${erasedText(erased)}.${remainsText(erased)}`
      : `${bot.name} was deleted. Its history is kept.`;
    showToast({ tone: 'good', text });
    onDeleted();
    resources.forget(pathOfBot(bot.bot_id));
    refreshBots();
  }

  return (
    <ConfirmDialog
      title={`Delete ${bot.name}?`}
      action={erases ? 'Delete bot and history' : 'Delete bot'}
      typed={bot.name}
      isDangerous
      onConfirm={remove}
      onClose={onClose}
    >
      <div class="form">
        <p>
          Its id is <code>{bot.bot_id}</code>. Hookpulse stops monitoring it, answers its deliveries
          with 404 and refuses its reports. Its secrets are deleted: a new bot with the same id gets
          new ones.
        </p>
        {access === 'admin' && (
          <CheckBox
            label="Also erase its history"
            hint="All its events, hourly metrics and alerts are deleted permanently. Otherwise they stay until their retention ends."
            isChecked={erases}
            onChange={setErases}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}
