/** Notes about the bot around the time of the alert, and one more: charts show them as marks. */
import type { AnnotationList } from '@hookpulse/api/annotations';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { useWrite } from '../../api/use-write.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { Button } from '../../ui/button.tsx';
import { FormError, TextField } from '../../ui/fields.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';

const PATH = '/api/annotations';
const REFRESH_MS = 15_000;
/** As far as the chart of the condition goes. */
const AROUND_MS = 30 * MINUTE_MS;

export interface AlertNotesProps {
  readonly botId: string;
  /** ISO 8601 */
  readonly firedAt: string;
  /** When it was over, which a note is about then; null: it fires, and a note is about now. */
  readonly endedAt: string | null;
}

export function AlertNotes({ botId, firedAt, endedAt }: AlertNotesProps) {
  const { writes } = useSession();
  const from = iso(Date.parse(firedAt) - AROUND_MS);
  const query = new URLSearchParams({ bot_id: botId, kind: 'note', from });
  if (endedAt !== null) query.set('to', iso(Date.parse(endedAt) + AROUND_MS));
  const { data } = useResource<AnnotationList>(`${PATH}?${query}`, { refreshMs: REFRESH_MS });
  const notes = data?.annotations ?? [];
  if (notes.length === 0 && !writes) return null;
  return (
    <section class="alert-section">
      <h3>Notes</h3>
      {notes.length > 0 && (
        <ul class="alert-notes" aria-label="Notes">
          {notes.map(({ annotation_id, text, at, created_by }) => (
            <li key={annotation_id}>
              <span>{text}</span>
              <span>
                {created_by}, <Time at={at} as="short" />
              </span>
            </li>
          ))}
        </ul>
      )}
      {writes && <NoteForm botId={botId} at={endedAt} />}
    </section>
  );
}

function NoteForm({ botId, at }: { readonly botId: string; readonly at: string | null }) {
  const [text, setText] = useState('');
  const { run, isBusy, error } = useWrite();
  useUnsaved(text === '' ? null : 'edited');
  const refused = fieldErrors(error, ['text']);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const body = { text: text.trim(), bot_id: botId, ...(at === null ? {} : { at }) };
    if (!(await run(() => askApi(PATH, { method: 'POST', body })))) return;
    setText('');
    showToast({ tone: 'good', text: 'The note is a mark in the charts.' });
    resources.refresh(PATH);
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <div class="alert-note-form">
        <TextField
          label="Note"
          value={text}
          onInput={setText}
          placeholder="What was found, or done"
          isRequired
          error={refused.byField.text}
        />
        <Button type="submit" isBusy={isBusy} isDisabled={text.trim() === ''}>
          Add note
        </Button>
      </div>
      <FormError error={refused.rest} />
    </form>
  );
}
