/** What can be done with the update of an event: look at it, and deliver it again. */
import { useState } from 'preact/hooks';
import { useSession } from '../api/session.tsx';
import { useBots } from '../bot-choice/use-bots.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { showToast } from '../ui/toast.tsx';
import { createReplay } from './run-replay.ts';
import { UpdateDialog } from './update-dialog.tsx';

export interface UpdateActionsProps {
  readonly botId: string;
  readonly updateId: number;
}

export function UpdateActions({ botId, updateId }: UpdateActionsProps) {
  const { writes, administers } = useSession();
  const { bots } = useBots();
  const [asked, setAsked] = useState<'show' | 'replay' | null>(null);
  const isForwarded = bots.some(({ bot_id, forward }) => bot_id === botId && forward !== null);
  const close = () => setAsked(null);

  async function deliverAgain(): Promise<void> {
    const count = await createReplay({ bot_id: botId, update_ids: [updateId] })();
    showToast(
      count === 0
        ? { tone: 'warn', text: `The log no longer has update ${updateId}.` }
        : { tone: 'good', text: `Update ${updateId} will be delivered again.` },
    );
  }

  return (
    <>
      {administers && <Button onClick={() => setAsked('show')}>Show update…</Button>}
      {writes && isForwarded && <Button onClick={() => setAsked('replay')}>Deliver again…</Button>}
      {asked === 'show' && <UpdateDialog botId={botId} updateId={updateId} onClose={close} />}
      {asked === 'replay' && (
        <ConfirmDialog
          title={`Deliver update ${updateId} again?`}
          action="Deliver again"
          onConfirm={deliverAgain}
          onClose={close}
        >
          <p>
            The bot gets this update once more, behind those that wait for it. It may do again what
            it did before.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
