/**
 * One number of a rule. When empty, the inherited value applies, which the field shows as a
 * placeholder.
 */

import type { SettingField } from '@hookpulse/api/alert-form';
import { useId } from 'preact/hooks';
import { quantityText, unitText } from './setting-fields.ts';

export interface NumberSettingProps {
  readonly field: SettingField;
  readonly text: string;
  /** What is in force while nothing is typed; null: nothing, which means off. */
  readonly inherited: string | null;
  /** What that is called, such as "Default". */
  readonly inheritedName: string;
  readonly error: string | undefined;
  readonly onInput: (text: string) => void;
}

export function NumberSetting(props: NumberSettingProps) {
  const { field, text, inherited, inheritedName, error, onInput } = props;
  const id = useId();
  const isOverridden = text.trim() !== '';
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      <div class="number-setting-input">
        <input
          id={id}
          class="input"
          inputMode="decimal"
          autocomplete="off"
          value={text}
          placeholder={inherited ?? 'Off'}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-note`}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <span class="number-setting-unit">{unitText(field.unit)}</span>
      </div>
      <div class={isOverridden ? 'setting-note is-overridden' : 'setting-note'}>
        <span id={`${id}-note`} class={error ? 'tone-bad' : undefined}>
          {error ?? `${inheritedName}: ${quantityText(inherited, field.unit)}`}
        </span>
        {isOverridden && (
          <button type="button" class="setting-reset" onClick={() => onInput('')}>
            Reset<span class="visually-hidden"> {field.label}</span>
          </button>
        )}
      </div>
    </div>
  );
}
