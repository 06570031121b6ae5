/** Creates or changes a status page; a secret link that was made by it is shown this once. */
import type { ChangedStatusPage, StatusPageView } from '@hookpulse/api/status-page-view';
import type { StatusVisibility } from '@hookpulse/common/bots/status-page';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { resources } from '../../api/resources.ts';
import { useWrite } from '../../api/use-write.ts';
import { atBase } from '../../base-path.ts';
import { BotsField } from '../../bot-choice/bots-field.tsx';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { CheckBox } from '../../ui/check-box.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Secret, SecretsDialog } from '../bots/shown-secrets.tsx';
import {
  changedFields,
  draftOf,
  NEW_STATUS_PAGE,
  newStatusPageBody,
  type StatusPageDraft,
  VISIBILITY_MEANINGS,
  VISIBILITY_OPTIONS,
} from './status-page-draft.ts';

export const STATUS_PAGES_PATH = '/api/status-pages';

const FIELDS = ['name', 'title', 'bot_ids'];

export interface StatusPageDialogProps {
  /** Null: a new one. */
  readonly page: StatusPageView | null;
  readonly onClose: () => void;
}

export function StatusPageDialog({ page, onClose }: StatusPageDialogProps) {
  const [changed, setChanged] = useState<ChangedStatusPage | null>(null);
  if (changed?.secret_path) return <SecretLinkDialog page={changed} onClose={onClose} />;
  return (
    <Dialog title={page ? `Change ${page.title}` : 'Create a status page'} onClose={onClose}>
      <StatusPageForm
        page={page}
        onClose={onClose}
        onChanged={(after) => {
          if (after.secret_path !== null) {
            setChanged(after);
            return;
          }
          showToast({ tone: 'good', text: `${after.title} was ${page ? 'changed' : 'created'}.` });
          onClose();
        }}
      />
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

interface StatusPageFormProps extends StatusPageDialogProps {
  readonly onChanged: (page: ChangedStatusPage) => void;
}

function StatusPageForm({ page, onChanged, onClose }: StatusPageFormProps) {
  const before = page ? draftOf(page) : NEW_STATUS_PAGE;
  const [draft, setDraft] = useState<StatusPageDraft>(before);
  const { run, isBusy, error } = useWrite();
  useUnsaved(JSON.stringify(draft) === JSON.stringify(before) ? null : 'edited');
  const { byField, rest } = fieldErrors(error, FIELDS);
  const set = (changes: Partial<StatusPageDraft>) => setDraft({ ...draft, ...changes });

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    let changed: ChangedStatusPage | null = null;
    await run(async () => {
      changed = await (page
        ? askApi<ChangedStatusPage>(`${STATUS_PAGES_PATH}/${page.name}`, {
            method: 'PATCH',
            body: changedFields(draft),
          })
        : askApi<ChangedStatusPage>(STATUS_PAGES_PATH, {
            method: 'POST',
            body: newStatusPageBody(draft),
          }));
    });
    resources.refresh(STATUS_PAGES_PATH);
    if (changed) onChanged(changed);
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {!page && (
        <TextField
          label="Name"
          value={draft.name}
          onInput={(name) => set({ name })}
          hint={`In the address: /status/${draft.name.trim() || 'name'}. It cannot be changed.`}
          error={byField.name}
          isPlain
        />
      )}
      <TextField
        label="Title"
        value={draft.title}
        onInput={(title) => set({ title })}
        hint="Heading of the page."
        error={byField.title}
        isPlain
      />
      <BotsField
        chosen={draft.bots}
        error={byField.bot_ids}
        hint="The page shows their names, and no ids."
        onChange={(bots) => set({ bots })}
      />
      <div class="field">
        <span class="field-label">Who sees it</span>
        <Segmented<StatusVisibility>
          label="Who sees it"
          options={VISIBILITY_OPTIONS}
          value={draft.visibility}
          onChange={(visibility) => set({ visibility })}
        />
        <span class="field-note">{VISIBILITY_MEANINGS[draft.visibility]}</span>
      </div>
      <CheckBox
        label="Show reasons"
        hint="Incidents tell why, in the words of the alert, with figures."
        isChecked={draft.showsReasons}
        onChange={(showsReasons) => set({ showsReasons })}
      />
      <FormFoot
        action={page ? 'Save' : 'Create status page'}
        error={rest}
        isBusy={isBusy}
        onClose={onClose}
      />
    </form>
  );
}
