/** Creates or changes a status page; a secret link that was made by it is shown this once. */
import type { ChangedStatusPage } from '@hookpulse/api/status-page-view';
import { useState } from 'preact/hooks';
import { resources } from '../../api/resources.ts';
import { atBase } from '../../base-path.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Secret, SecretsDialog } from '../bots/shown-secrets.tsx';
import { EditStatusPage } from './edit-status-page.tsx';
import { NewStatusPageForm } from './new-status-page-form.tsx';
import { STATUS_PAGES_PATH } from './write-status-page.ts';

export interface StatusPageDialogProps {
  /** Null: a new one. */
  readonly page: { readonly name: string; readonly title: string } | null;
  readonly onClose: () => void;
}

export function StatusPageDialog({ page, onClose }: StatusPageDialogProps) {
  const [linked, setLinked] = useState<ChangedStatusPage | null>(null);
  if (linked) return <SecretLinkDialog page={linked} onClose={onClose} />;

  function onDone(after: ChangedStatusPage): void {
    resources.refresh(STATUS_PAGES_PATH);
    if (after.secret_path !== null) {
      setLinked(after);
      return;
    }
    showToast({ tone: 'good', text: `${after.title} was ${page ? 'changed' : 'created'}.` });
    onClose();
  }

  return (
    <Dialog title={page ? `Change ${page.title}` : 'Create a status page'} onClose={onClose}>
      {page ? (
        <EditStatusPage name={page.name} onDone={onDone} onClose={onClose} />
      ) : (
        <NewStatusPageForm onDone={onDone} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** @param page - of which a link was just made */
export function SecretLinkDialog({
  page,
  onClose,
}: {
  readonly page: ChangedStatusPage;
  readonly onClose: () => void;
}) {
  return (
    <SecretsDialog title={`Link to ${page.title}`} done="I have copied it" onClose={onClose}>
      <p class="secrets-warning" role="status">
        Copy it now. Hookpulse keeps only a hash and cannot show it again.
      </p>
      <dl class="secrets">
        <Secret
          title="Secret link"
          secret={window.location.origin + atBase(page.secret_path ?? '')}
          use="Whoever has it sees the page. A new link makes this one useless."
        />
      </dl>
    </SecretsDialog>
  );
}
