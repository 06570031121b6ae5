/** Alert settings to be changed: what is typed overrides, what is empty is as without. */
import type { AlertOverrides } from '@hookpulse/common/domain/alerts/alert-settings';
import type { EffectiveAlerts } from '@hookpulse/query-api/domain/alert-settings-view';
import { useEffect, useState } from 'preact/hooks';
import { fieldErrors } from '../api/field-errors.ts';
import { useWrite } from '../api/use-write.ts';
import { SHOWN_RULES } from '../format/alert-words.ts';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/fields.tsx';
import { showToast } from '../ui/toast.tsx';
import { ReceiverSettings } from './receiver-settings.tsx';
import { RuleSettings } from './rule-settings.tsx';
import { SETTING_FIELDS } from './setting-fields.ts';
import {
  draftOf,
  isEmptyPatch,
  outcomeOf,
  type SettingsDraft,
  type SettingsPatch,
} from './settings-draft.ts';
import './settings-form.css';

const FIELDS = ['receivers', ...SETTING_FIELDS.map(({ key }) => key)];

export interface SettingsFormProps {
  readonly overrides: AlertOverrides;
  /** What is in force where nothing is overridden. */
  readonly inherited: EffectiveAlerts;
  /** What that is called, such as "Default". */
  readonly inheritedName: string;
  /** In front of the names of fields in the API's errors, such as `alerts.`. */
  readonly errorPrefix?: string;
  /** @throws ApiError */
  readonly onSave: (patch: SettingsPatch) => Promise<unknown>;
}

export function SettingsForm(props: SettingsFormProps) {
  const { overrides, inherited, inheritedName, errorPrefix = '', onSave } = props;
  // What is typed is kept when the overrides are read anew and are the same.
  const stored = JSON.stringify(overrides);
  const [draft, setDraft] = useState(() => draftOf(overrides));
  // It differs from the overrides until they are read anew, and is saved all the same.
  const [saved, setSaved] = useState<SettingsDraft | null>(null);
  const { run, isBusy, error } = useWrite();
  useEffect(() => setDraft(draftOf(overrides)), [stored]);

  const { patch, problems } = outcomeOf(overrides, draft);
  const isChanged = draft !== saved && (!isEmptyPatch(patch) || Object.keys(problems).length > 0);
  const refused = fieldErrors(error, FIELDS, errorPrefix);
  const shown = isChanged ? { ...refused.byField, ...problems } : problems;
  const part = { draft, inheritedName, onChange: setDraft };

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (Object.keys(problems).length > 0) return;
    if (await run(() => onSave(patch))) {
      setSaved(draft);
      showToast({ tone: 'good', text: 'Saved: alerts are judged by it within two seconds.' });
    }
  }

  return (
    <form class="alert-settings" onSubmit={(event) => void save(event)}>
      <ReceiverSettings {...part} inherited={inherited.receivers} error={shown.receivers} />
      {SHOWN_RULES.map((rule) => (
        <RuleSettings key={rule} rule={rule} {...part} inherited={inherited} problems={shown} />
      ))}
      {isChanged && (
        <div class="alert-settings-save">
          {refused.rest ? <FormError error={refused.rest} /> : <span>Not saved yet</span>}
          <Button onClick={() => setDraft(draftOf(overrides))}>Discard</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
