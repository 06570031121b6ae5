/** Alert settings to be changed: what is typed overrides, what is empty is as without. */

import { RULE_FORMS } from '@hookpulse/api/alert-form';
import type { EffectiveAlerts } from '@hookpulse/api/alert-settings-view';
import type { AlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import { useRef } from 'preact/hooks';
import type { Versioned } from '../api/client.ts';
import { fieldErrors } from '../api/field-errors.ts';
import { useEdit } from '../state/use-edit.ts';
import { useUnsaved } from '../state/use-unsaved.ts';
import { Button } from '../ui/button.tsx';
import { ConflictDialog } from '../ui/conflict-dialog.tsx';
import { FormError } from '../ui/fields.tsx';
import { showToast } from '../ui/toast.tsx';
import { ReceiverSettings } from './receiver-settings.tsx';
import { RuleSettings } from './rule-settings.tsx';
import { SETTING_FIELDS } from './setting-fields.ts';
import {
  draftOf,
  draftOfValues,
  isEmptyPatch,
  outcomeOf,
  type SettingsDraft,
  type SettingsPatch,
  valueAsRead,
  valuesOfDraft,
  valueTitle,
} from './settings-draft.ts';
import './settings-form.css';

const FIELDS = ['receivers', ...SETTING_FIELDS.map(({ key }) => key)];

export interface SettingsFormProps<T> {
  /** Of the API: read by GET, changed by PATCH. */
  readonly path: string;
  /** As it was last read. */
  readonly known: Versioned<T>;
  readonly overridesOf: (answer: T) => AlertOverrides;
  /** Makes a request of a patch of the overrides. */
  readonly bodyOf: (patch: SettingsPatch) => unknown;
  /** What is in force where nothing is overridden. */
  readonly inherited: EffectiveAlerts;
  /** What that is called, such as "Default". */
  readonly inheritedName: string;
  /** In front of the names of fields in the API's errors, such as `alerts.`. */
  readonly errorPrefix?: string;
  readonly onSaved: () => void;
}

export function SettingsForm<T>(props: SettingsFormProps<T>) {
  const { path, known, overridesOf, bodyOf, inherited, inheritedName, errorPrefix = '' } = props;
  const form = useEdit<T>({
    path,
    known,
    valuesOf: (answer) => valuesOfDraft(draftOf(overridesOf(answer))),
    bodyOf: (typed, stored) => bodyOf(outcomeOf(draftOfValues(stored), draftOfValues(typed)).patch),
  });
  const formRef = useRef<HTMLFormElement>(null);
  const { stored, typed, setTyped, isBusy, error, conflict } = form;
  const draft = draftOfValues(typed);
  const { patch, problems } = outcomeOf(draftOfValues(stored), draft);
  const isWrong = Object.keys(problems).length > 0;
  const isChanged = !isEmptyPatch(patch) || isWrong;
  useUnsaved(isChanged ? 'edited' : null);
  const refused = fieldErrors(error, FIELDS, errorPrefix);
  const shown = isChanged ? { ...refused.byField, ...problems } : problems;
  const onChange = (next: SettingsDraft) => setTyped(valuesOfDraft(next));
  const part = { draft, inheritedName, onChange };

  function onSaved(): void {
    props.onSaved();
    showToast({ tone: 'good', text: 'Saved. The settings apply within two seconds.' });
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isWrong) {
      const [first] = formRef.current?.querySelectorAll<HTMLElement>('[aria-invalid=true]') ?? [];
      first?.focus();
      return;
    }
    if (await form.save()) onSaved();
  }

  return (
    <form ref={formRef} class="alert-settings" onSubmit={(event) => void save(event)}>
      <ReceiverSettings {...part} inherited={inherited.receivers} error={shown.receivers} />
      {RULE_FORMS.map((ruleForm) => (
        <RuleSettings
          key={ruleForm.rule}
          form={ruleForm}
          {...part}
          inherited={inherited}
          problems={shown}
        />
      ))}
      {isChanged && (
        <div class="alert-settings-save">
          {refused.rest ? (
            <FormError error={refused.rest} />
          ) : (
            <span>{isWrong ? 'Not saved. Correct the marked fields.' : 'Unsaved changes'}</span>
          )}
          <Button onClick={form.discard}>Discard</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            Save
          </Button>
        </div>
      )}
      {conflict && (
        <ConflictDialog
          form={form}
          conflict={conflict}
          titleOf={valueTitle}
          textOf={(name, value) => valueAsRead(name, value, inheritedName)}
          onSaved={onSaved}
        />
      )}
    </form>
  );
}
