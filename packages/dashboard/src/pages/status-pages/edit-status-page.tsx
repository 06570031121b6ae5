/** A status page that is being changed, as it is now: what others change meanwhile is not undone. */
import type { ChangedStatusPage, StatusPageView } from '@hookpulse/api/status-page-view';
import { useRef } from 'preact/hooks';
import type { Versioned } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { resources, useResource } from '../../api/resources.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { useEdit } from '../../state/use-edit.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { ConflictDialog } from '../../ui/conflict-dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import {
  changedFields,
  draftOfValues,
  FIELD_TITLES,
  VISIBILITY_OPTIONS,
  valuesOfDraft,
  valuesOfPage,
} from './status-page-draft.ts';
import { StatusPageFields } from './status-page-fields.tsx';
import { pathOfStatusPage } from './write-status-page.ts';

const REFRESH_MS = 15_000;
const FIELDS = ['title', 'bot_ids'];

/** A change is answered with a link where it made one. */
type EditedPage = StatusPageView & Partial<ChangedStatusPage>;

export interface EditStatusPageProps {
  readonly name: string;
  readonly onDone: (page: ChangedStatusPage) => void;
  readonly onClose: () => void;
}

export function EditStatusPage(props: EditStatusPageProps) {
  const path = pathOfStatusPage(props.name);
  const { data, etag, error } = useResource<EditedPage>(path, { refreshMs: REFRESH_MS });
  if (data) return <EditForm {...props} path={path} known={{ data, etag }} />;
  return error ? (
    <ErrorState error={error} retry={() => resources.refresh(path)} />
  ) : (
    <Skeleton height={320} />
  );
}

interface EditFormProps extends EditStatusPageProps {
  readonly path: string;
  readonly known: Versioned<EditedPage>;
}

function EditForm({ path, known, onDone, onClose }: EditFormProps) {
  const { names } = useBots();
  const answered = useRef<EditedPage>(known.data);
  const form = useEdit<EditedPage>({
    ...{ path, known, valuesOf: valuesOfPage },
    // Somebody else may have made the same change: then nothing is left of it.
    bodyOf: (typed, stored) => changedFields(typed, stored) ?? { title: stored.title },
    onAnswer: (answer) => {
      answered.current = answer;
    },
  });
  const isEdited = changedFields(form.typed, form.stored) !== null;
  useUnsaved(isEdited ? 'edited' : null);
  const { byField, rest } = fieldErrors(form.error, FIELDS);

  function onSaved(): void {
    // Who opens it again sees it as it is then.
    resources.forget(path);
    onDone({ secret_path: null, ...answered.current });
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (!isEdited) onClose();
    else if (await form.save()) onSaved();
  }

  return (
    <>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <StatusPageFields
          draft={draftOfValues(form.typed)}
          errors={byField}
          onChange={(draft) => form.setTyped(valuesOfDraft(draft))}
        />
        <FormFoot action="Save" error={rest} isBusy={form.isBusy} onClose={onClose} />
      </form>
      {form.conflict && (
        <ConflictDialog
          form={form}
          conflict={form.conflict}
          titleOf={(field) => FIELD_TITLES[field] ?? field}
          textOf={(field, value) => wordsOf(field, value, names)}
          onSaved={onSaved}
        />
      )}
    </>
  );
}

function wordsOf(field: string, value: string, names: ReadonlyMap<string, string>): string {
  if (field === 'visibility') {
    return VISIBILITY_OPTIONS.find((option) => option.value === value)?.title ?? value;
  }
  if (field !== 'bot_ids') return value;
  return draftOfValues({ bot_ids: value })
    .bots.map((botId) => names.get(botId) ?? botId)
    .join(', ');
}
