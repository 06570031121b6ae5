/** An update as Telegram sent it. */
import type { UpdateView } from '@hookpulse/api/updates';
import { resources, useResource } from '../api/resources.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

export interface UpdateDialogProps {
  readonly botId: string;
  readonly updateId: number;
  readonly onClose: () => void;
}

export function UpdateDialog({ botId, updateId, onClose }: UpdateDialogProps) {
  const path = `/api/updates/${encodeURIComponent(botId)}/${updateId}`;
  const { data, error } = useResource<UpdateView>(path);
  return (
    <Dialog title={`Update ${updateId}`} onClose={onClose}>
      {data ? (
        <>
          <p>The audit records that you have read it.</p>
          <JsonView
            title={data.update_type ?? 'Unknown type'}
            value={data.update}
            what="the update as JSON"
          />
        </>
      ) : error ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : (
        <Skeleton height={240} />
      )}
    </Dialog>
  );
}
