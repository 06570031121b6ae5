/** Saved views: going to one, renaming, deleting, and saving what the page shows now. */
import type { OwnView } from '@hookpulse/api/saved-view-list';
import { Pencil, Trash2 } from 'lucide';
import { useState } from 'preact/hooks';
import { fieldErrors } from '../api/field-errors.ts';
import { useWrite } from '../api/use-write.ts';
import { fromBase } from '../base-path.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError, TextField } from '../ui/fields.tsx';
import './saved-views.css';
import { deleteView, renameView, saveView, useSavedViews } from './use-saved-views.ts';

export function SavedViewsDialog({ onClose }: { readonly onClose: () => void }) {
  const views = useSavedViews();
  const [renamed, setRenamed] = useState<OwnView | null>(null);
  const { run, error } = useWrite();
  return (
    <Dialog title="Saved views" onClose={onClose}>
      {views.length > 0 && (
        <ul class="saved-views" aria-label="Saved views">
          {views.map((view) => (
            <li key={view.view_id}>
              <a href={view.path} title={view.path} onClick={onClose}>
                {view.name}
              </a>
              <Button
                kind="quiet"
                icon={Pencil}
                label={`Rename ${view.name}`}
                onClick={() => setRenamed(view)}
              />
              <Button
                kind="quiet"
                icon={Trash2}
                label={`Delete ${view.name}`}
                onClick={() => void run(() => deleteView(view))}
              />
            </li>
          ))}
        </ul>
      )}
      <FormError error={error} />
      {renamed ? (
        <NameForm
          key={renamed.view_id}
          label={`New name of ${renamed.name}`}
          action="Rename"
          name={renamed.name}
          save={(name) => renameView(renamed, name)}
          onSaved={() => setRenamed(null)}
        />
      ) : (
        <NameForm
          key="new"
          label="Name of this view"
          action="Save this view"
          name=""
          save={(name) => saveView({ name, path: currentPath() })}
          onSaved={onClose}
        />
      )}
    </Dialog>
  );
}

interface NameFormProps {
  readonly label: string;
  readonly action: string;
  readonly name: string;
  readonly save: (name: string) => Promise<void>;
  readonly onSaved: () => void;
}

function NameForm({ label, action, name: before, save, onSaved }: NameFormProps) {
  const [name, setName] = useState(before);
  const { run, isBusy, error } = useWrite();
  const { byField, rest } = fieldErrors(error, ['name']);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (await run(() => save(name.trim()))) onSaved();
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label={label}
        value={name}
        onInput={setName}
        hint="It keeps the page, its filters and its time range."
        error={byField.name}
        isPlain
      />
      <FormError error={rest} />
      <div class="dialog-actions">
        <Button type="submit" kind="primary" isBusy={isBusy} isDisabled={name.trim() === ''}>
          {action}
        </Button>
      </div>
    </form>
  );
}

function currentPath(): string {
  const { pathname, search } = window.location;
  return fromBase(pathname) + search;
}
