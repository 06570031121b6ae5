/** The numbers that alert rules are set by, as they are typed and read. */

import { RULE_FORMS, type SettingField } from '@hookpulse/api/alert-form';
import type { EffectiveAlerts } from '@hookpulse/api/alert-settings-view';
import { formatSpan } from '../format/times.ts';

/** A ratio is stored as 0 to 1 and typed in per cent; what else there is is typed as it is stored. */
const RATIO = 'ratio';

export const SETTING_FIELDS = RULE_FORMS.flatMap(({ fields }) => fields);

/** What is in force, as it would be typed; null where there is no value, which means off. */
export function valueText(
  { rule, name, unit }: SettingField,
  settings: EffectiveAlerts,
): string | null {
  const values: Readonly<Record<string, unknown>> = settings[rule];
  const value = values[name];
  return typeof value === 'number' ? textOf(value, unit) : null;
}

export function textOf(value: number, unit: string): string {
  return String(unit === RATIO ? shifted(value, 2) : value);
}

/** `10 %`, `900 seconds (15 min)`; null, as `valueText` has it, is off */
export function quantityText(value: string | null, unit: string): string {
  if (value === null) return 'off';
  const seconds = unit === 'seconds' ? Number(value) : 0;
  const span = seconds >= 60 ? ` (${formatSpan(seconds * 1_000)})` : '';
  return `${value} ${unitText(unit)}${span}`;
}

/** As it stands beside what is typed. */
export function unitText(unit: string): string {
  return unit === RATIO ? '%' : unit;
}

/** Null: this is no number. */
export function parseText(text: string, unit: string): number | null {
  const typed = text.trim().replace(',', '.');
  const value = typed === '' ? Number.NaN : Number(typed);
  if (!Number.isFinite(value)) return null;
  return unit === RATIO ? shifted(value, -2) : value;
}

/** By decimal places, without what binary fractions add: 0.07 becomes 7 and not 7.000000000000001. */
function shifted(value: number, places: number): number {
  return Number((value * 10 ** places).toPrecision(12));
}
