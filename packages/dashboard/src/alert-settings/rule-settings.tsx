/** The part of the form that is about one rule: whether it is judged, and by which numbers. */

import type { RuleForm } from '@hookpulse/api/alert-form';
import type { EffectiveAlerts } from '@hookpulse/api/alert-settings-view';
import { Segmented } from '../ui/segmented.tsx';
import { NumberSetting } from './number-setting.tsx';
import { valueText } from './setting-fields.ts';
import type { SettingsDraft } from './settings-draft.ts';

export interface RuleSettingsProps {
  readonly form: RuleForm;
  readonly draft: SettingsDraft;
  /** What is in force where nothing is overridden. */
  readonly inherited: EffectiveAlerts;
  readonly inheritedName: string;
  /** By the key of the field. */
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (draft: SettingsDraft) => void;
}

export function RuleSettings(props: RuleSettingsProps) {
  const { form, draft, inherited, inheritedName, problems, onChange } = props;
  const { rule, title, meaning, fields } = form;
  const state = draft.switches[rule] ?? 'inherit';
  const isOn = state === 'inherit' ? inherited[rule].enabled : state === 'on';
  return (
    <section class={isOn ? 'alert-rule' : 'alert-rule is-off'} aria-label={title}>
      <div class="alert-rule-head">
        <div>
          <h2>{title}</h2>
          <p class="alert-rule-meaning">{meaning}</p>
        </div>
        <Segmented
          label={`Evaluate ${title}`}
          value={state}
          onChange={(next) => onChange({ ...draft, switches: { ...draft.switches, [rule]: next } })}
          options={[
            {
              value: 'inherit',
              title: `${inheritedName}: ${inherited[rule].enabled ? 'on' : 'off'}`,
            },
            { value: 'on', title: 'On' },
            { value: 'off', title: 'Off' },
          ]}
        />
      </div>
      <div class="alert-rule-fields">
        {fields.map((field) => (
          <NumberSetting
            key={field.key}
            field={field}
            text={draft.numbers[field.key] ?? ''}
            inherited={valueText(field, inherited)}
            inheritedName={inheritedName}
            error={problems[field.key]}
            onInput={(text) =>
              onChange({ ...draft, numbers: { ...draft.numbers, [field.key]: text } })
            }
          />
        ))}
      </div>
    </section>
  );
}
