/** Erases what is left of a bot that was deleted before. */
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { showToast } from '../../ui/toast.tsx';
import { erasedText, remainsText } from './erase-words.ts';
import { pathOfBot } from './write-bot.ts';

const WORD = 'erase';

export interface EraseDialogProps {
  /** Ids of the bots that there are: their history is erased by deleting them. */
  readonly botIds: ReadonlySet<string>;
  readonly onClose: () => void;
}

export function EraseDialog({ botIds, onClose }: EraseDialogProps) {
  const [botId, setBotId] = useState('');
  const isThere = botIds.has(botId.trim());

  async function erase(): Promise<void> {
    const path = `${pathOfBot(botId.trim())}?erase=true`;
    const erased = await askApi<ErasedHistory>(path, { method: 'DELETE' });
    showToast({
      tone: 'good',
      text: `Erased for ${erased.bot_id}: ${erasedText(erased)}.${remainsText(erased)}`,
    });
  }

  return (
    <ConfirmDialog
      title="Erase the history of a deleted bot"
      action="Erase history"
      typed={WORD}
      isDangerous
      isReady={botId.trim() !== '' && !isThere}
      onConfirm={erase}
      onClose={onClose}
    >
      <div class="form">
        <p>All its events, hourly metrics and alerts are deleted permanently.</p>
        <TextField
          label="Bot id"
          value={botId}
          onInput={setBotId}
          error={
            isThere
              ? 'This bot is still registered. Delete it together with its history.'
              : undefined
          }
          isPlain
        />
      </div>
    </ConfirmDialog>
  );
}
