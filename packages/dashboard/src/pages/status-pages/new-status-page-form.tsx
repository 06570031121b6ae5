/** A status page that is being created. */
import type { ChangedStatusPage } from '@hookpulse/api/status-page-view';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { useWrite } from '../../api/use-write.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { TextField } from '../../ui/fields.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { NEW_STATUS_PAGE, newStatusPageBody } from './status-page-draft.ts';
import { StatusPageFields } from './status-page-fields.tsx';
import { STATUS_PAGES_PATH } from './write-status-page.ts';

const FIELDS = ['name', 'title', 'bot_ids'];

export interface NewStatusPageFormProps {
  readonly onDone: (page: ChangedStatusPage) => void;
  readonly onClose: () => void;
}

export function NewStatusPageForm({ onDone, onClose }: NewStatusPageFormProps) {
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(NEW_STATUS_PAGE);
  const { run, isBusy, error } = useWrite();
  const isEdited = name !== '' || JSON.stringify(draft) !== JSON.stringify(NEW_STATUS_PAGE);
  useUnsaved(isEdited ? 'edited' : null);
  const { byField, rest } = fieldErrors(error, FIELDS);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    await run(async () => {
      const body = newStatusPageBody(name, draft);
      onDone(await askApi<ChangedStatusPage>(STATUS_PAGES_PATH, { method: 'POST', body }));
    });
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        value={name}
        onInput={setName}
        hint={`In the address: /status/${name.trim() || 'name'}. It cannot be changed.`}
        error={byField.name}
        isPlain
      />
      <StatusPageFields draft={draft} errors={byField} onChange={setDraft} />
      <FormFoot action="Create status page" error={rest} isBusy={isBusy} onClose={onClose} />
    </form>
  );
}
