/** The numbers that alert rules are set by: what each is called, and in which unit it is typed. */

import type { EffectiveAlerts } from '@hookpulse/api/alert-settings-view';
import type { RuleName } from '@hookpulse/common/alerts/rules/rules';
import { SHOWN, SHOWN_RULES, type Unit } from '../format/alert-rules.ts';
import { formatSpan } from '../format/times.ts';

export interface SettingField {
  /** As the API names it in its errors: `high_error_rate.threshold`. */
  readonly key: string;
  readonly rule: RuleName;
  readonly name: string;
  readonly label: string;
  readonly unit: Unit;
}

const FIELDS_OF_ALL = {
  repeat_after_minutes: ['Repeat mails every', 'minutes'],
} as const;

/** Of every rule, its own numbers first. */
export const SETTING_FIELDS: readonly SettingField[] = SHOWN_RULES.flatMap((rule) =>
  Object.entries({ ...SHOWN[rule].fields, ...FIELDS_OF_ALL }).map(([name, [label, unit]]) => ({
    key: `${rule}.${name}`,
    rule,
    name,
    label,
    unit,
  })),
);

export function fieldsOf(rule: RuleName): readonly SettingField[] {
  return SETTING_FIELDS.filter((one) => one.rule === rule);
}

/** What is in force, as it would be typed; null where there is no value, which means off. */
export function valueText(
  { rule, name, unit }: SettingField,
  settings: EffectiveAlerts,
): string | null {
  const values: Readonly<Record<string, unknown>> = settings[rule];
  const value = values[name];
  return typeof value === 'number' ? textOf(value, unit) : null;
}

export function textOf(value: number, unit: Unit): string {
  return String(unit === '%' ? shifted(value, 2) : value);
}

/** `10 %`, `900 seconds (15 min)`; null, as `valueText` has it, is off */
export function quantityText(value: string | null, unit: Unit): string {
  if (value === null) return 'off';
  const seconds = unit === 'seconds' ? Number(value) : 0;
  const span = seconds >= 60 ? ` (${formatSpan(seconds * 1_000)})` : '';
  return `${value} ${unit}${span}`;
}

/** Null: this is no number. */
export function parseText(text: string, unit: Unit): number | null {
  const typed = text.trim().replace(',', '.');
  const value = typed === '' ? Number.NaN : Number(typed);
  if (!Number.isFinite(value)) return null;
  return unit === '%' ? shifted(value, -2) : value;
}

/** By decimal places, without what binary fractions add: 0.07 becomes 7 and not 7.000000000000001. */
function shifted(value: number, places: number): number {
  return Number((value * 10 ** places).toPrecision(12));
}
