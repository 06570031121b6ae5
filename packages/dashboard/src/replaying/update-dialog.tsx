/** An update as Telegram sent it. */
import type { UpdateView } from '@hookpulse/api/updates';
import { resources, useResource } from '../api/resources.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import './update-dialog.css';

export interface UpdateDialogProps {
  readonly botId: string;
  readonly updateId: number;
  readonly onClose: () => void;
}

export function UpdateDialog({ botId, updateId, onClose }: UpdateDialogProps) {
  const path = `/api/updates/${encodeURIComponent(botId)}/${updateId}`;
  const { data, error } = useResource<UpdateView>(path);
  const json = data ? JSON.stringify(data.update, null, 2) : '';
  return (
    <Dialog title={`Update ${updateId}`} onClose={onClose}>
      {data ? (
        <section class="update-json">
          <header>
            <span>{data.update_type ?? 'of an unknown kind'}</span>
            <CopyButton text={json} what="the update as JSON" />
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
          <pre tabIndex={0}>{json}</pre>
          <p>That you have read it is recorded in the audit.</p>
        </section>
      ) : error ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : (
        <Skeleton height={240} />
      )}
    </Dialog>
  );
}
