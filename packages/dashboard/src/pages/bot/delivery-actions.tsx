/** Holding the updates of a bot back, letting them through, and delivering earlier ones again. */
import type { ForwardingView } from '@hookpulse/api/forwarding-view';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { useWrite } from '../../api/use-write.ts';
import { ReplayDialog } from '../../replaying/replay-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { FormError } from '../../ui/fields.tsx';
import { showToast } from '../../ui/toast.tsx';

export interface DeliveryActionsProps {
  readonly view: ForwardingView;
  /** Of `view`. */
  readonly path: string;
  readonly botName: string;
}

export function DeliveryActions({ view, path, botName }: DeliveryActionsProps) {
  const { writes } = useSession();
  const [asked, setAsked] = useState<'pause' | 'replay' | null>(null);
  const { run, isBusy, error } = useWrite();
  const close = () => setAsked(null);
  if (!writes) return null;

  async function pause(): Promise<void> {
    await askApi<ForwardingView>(`${path}/pause`, { method: 'POST' });
    showToast({ tone: 'good', text: 'Forwarding is paused.' });
    resources.refresh(path);
  }

  async function resume(): Promise<void> {
    await askApi<ForwardingView>(`${path}/resume`, { method: 'POST' });
    showToast({ tone: 'good', text: 'Forwarding is resumed.' });
    resources.refresh(path);
  }

  return (
    <div class="delivery-actions">
      <FormError error={error} />
      <Button onClick={() => setAsked('replay')}>Deliver again…</Button>
      {view.state === 'paused' ? (
        <Button isBusy={isBusy} onClick={() => void run(resume)}>
          Resume
        </Button>
      ) : (
        <Button onClick={() => setAsked('pause')}>Pause…</Button>
      )}
      {asked === 'replay' && <ReplayDialog botId={view.bot_id} botName={botName} onClose={close} />}
      {asked === 'pause' && (
        <ConfirmDialog
          title={`Pause forwarding to ${botName}?`}
          action="Pause forwarding"
          onConfirm={pause}
          onClose={close}
        >
          <p>
            Its updates wait on the log until you resume. Those that wait for too long are given up:
            inline queries after 30 s, callback queries after 150 s, most others after 24 hours.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
