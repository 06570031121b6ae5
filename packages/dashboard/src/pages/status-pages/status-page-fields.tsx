/** The form fields of a new or changed status page. */
import type { StatusVisibility } from '@hookpulse/common/bots/status-page';
import { BotsField } from '../../bot-choice/bots-field.tsx';
import { CheckBox } from '../../ui/check-box.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import {
  type StatusPageDraft,
  VISIBILITY_MEANINGS,
  VISIBILITY_OPTIONS,
} from './status-page-draft.ts';

export interface StatusPageFieldsProps {
  readonly draft: StatusPageDraft;
  /** By the names that the API has for the fields. */
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (draft: StatusPageDraft) => void;
}

export function StatusPageFields({ draft, errors, onChange }: StatusPageFieldsProps) {
  const set = (changes: Partial<StatusPageDraft>) => onChange({ ...draft, ...changes });
  return (
    <>
      <TextField
        label="Title"
        value={draft.title}
        onInput={(title) => set({ title })}
        hint="Heading of the page."
        error={errors.title}
        isPlain
      />
      <BotsField
        chosen={draft.bots}
        error={errors.bot_ids}
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
        hint="Incidents show the reason from the alert, with its figures."
        isChecked={draft.showsReasons}
        onChange={(showsReasons) => set({ showsReasons })}
      />
    </>
  );
}
