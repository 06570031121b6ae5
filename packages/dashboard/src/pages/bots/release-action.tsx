/** Gives Telegram the own webhook of an adopted bot back. */
import type { Release } from '@hookpulse/api/adoption';
import type { BotView } from '@hookpulse/api/bot-view';
import { useRef, useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { CheckBox } from '../../ui/check-box.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { BotAction } from './bot-action.tsx';
import { refreshBots } from './write-bot.ts';

export function ReleaseAction({ bot }: { readonly bot: BotView }) {
  const [isAsked, setIsAsked] = useState(false);
  /** Null: it does not wait for anything. */
  const [left, setLeft] = useState<number | null>(null);
  const [isAtOnce, setIsAtOnce] = useState(false);
  /** Also changed while it waits. */
  const waits = useRef(true);
  const isClosed = useRef(false);

  /** Repeated until nothing of the bot is left; closing the dialog ends it, and nothing was changed then. */
  async function release(): Promise<void> {
    const path = `/api/bots/${encodeURIComponent(bot.bot_id)}/release`;
    isClosed.current = false;
    while (!isClosed.current) {
      const body = { wait: waits.current };
      const released = await askApi<Release>(path, { method: 'POST', body });
      if (released.outcome !== 'waiting') {
        showToast({ tone: 'good', text: `Telegram delivers to ${released.webhook_url}.` });
        refreshBots();
        return;
      }
      setLeft(released.backlog);
    }
  }

  function choose(atOnce: boolean): void {
    waits.current = !atOnce;
    setIsAtOnce(atOnce);
  }

  function close(): void {
    isClosed.current = true;
    setIsAsked(false);
    setLeft(null);
    choose(false);
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
          onClose={close}
        >
          <p>
            Telegram gets the bot's own webhook back, with its secret, once every update that is
            here has been forwarded. So their order is kept.
          </p>
          <CheckBox
            label="Release at once"
            hint="New updates may then overtake those that are here."
            isChecked={isAtOnce}
            onChange={choose}
          />
          <p role="status">{left !== null && waitingText(left)}</p>
        </ConfirmDialog>
      )}
    </BotAction>
  );
}

function waitingText(left: number): string {
  return left === 0
    ? 'Waiting until the last updates are forwarded…'
    : `Waiting: ${left} ${left === 1 ? 'update' : 'updates'} left to be forwarded…`;
}
