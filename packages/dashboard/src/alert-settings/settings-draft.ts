/**
 * Alert overrides as they are typed into a form, and the merge patch that makes of the overrides
 * before those that are typed. What is left empty is not overridden.
 */
import { RULE_FORMS, type SettingField } from '@hookpulse/api/alert-form';
import type { AlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import type { RuleName } from '@hookpulse/common/alerts/rules/rules';
import { ruleTitle } from '../format/alert-rules.ts';
import type { Values } from '../state/edit.ts';
import { parseText, SETTING_FIELDS, textOf, unitText } from './setting-fields.ts';

/** Whether a rule is judged; `inherit`: as the layer below has it. */
export const SWITCHES = ['inherit', 'on', 'off'] as const;
export type Switch = (typeof SWITCHES)[number];

export const RECEIVER_MODES = ['inherit', 'list', 'nobody'] as const;
export type ReceiverMode = (typeof RECEIVER_MODES)[number];

export interface SettingsDraft {
  readonly receiverMode: ReceiverMode;
  /** One a line, or separated by commas. */
  readonly receivers: string;
  readonly switches: Readonly<Record<string, Switch>>;
  /** By the key of the field; empty: not overridden. */
  readonly numbers: Readonly<Record<string, string>>;
}

export type SettingsPatch = { receivers?: readonly string[] | null } & {
  [Rule in RuleName]?: Record<string, number | boolean | null>;
};

export interface DraftOutcome {
  /** What is to be changed; empty: nothing. */
  readonly patch: SettingsPatch;
  /** What cannot be sent, by the key of its field. */
  readonly problems: Readonly<Record<string, string>>;
}

export function draftOf(overrides: AlertOverrides): SettingsDraft {
  const { receivers } = overrides;
  return {
    receiverMode: modeOf(receivers),
    receivers: (receivers ?? []).join('\n'),
    switches: Object.fromEntries(RULE_FORMS.map(({ rule }) => [rule, switchOf(overrides, rule)])),
    numbers: Object.fromEntries(
      SETTING_FIELDS.map(({ key, rule, name, unit }) => {
        const value = overridden(overrides, rule, name);
        return [key, typeof value === 'number' ? textOf(value, unit) : ''];
      }),
    ),
  };
}

const MODE = 'receivers.mode';
const LIST = 'receivers';

/** The draft as values of a form: see `Edit`. */
export function valuesOfDraft({
  receiverMode,
  receivers,
  switches,
  numbers,
}: SettingsDraft): Values {
  const bySwitch = RULE_FORMS.map(
    ({ rule }) => [switchKey(rule), switches[rule] ?? 'inherit'] as const,
  );
  return {
    [MODE]: receiverMode,
    [LIST]: receivers,
    ...Object.fromEntries(bySwitch),
    ...numbers,
  };
}

export function draftOfValues(values: Values): SettingsDraft {
  const switchIn = (rule: RuleName) =>
    SWITCHES.find((state) => state === values[switchKey(rule)]) ?? 'inherit';
  return {
    receiverMode: RECEIVER_MODES.find((mode) => mode === values[MODE]) ?? 'inherit',
    receivers: values[LIST] ?? '',
    switches: Object.fromEntries(RULE_FORMS.map(({ rule }) => [rule, switchIn(rule)])),
    numbers: Object.fromEntries(SETTING_FIELDS.map(({ key }) => [key, values[key] ?? ''])),
  };
}

/** What a value of the form is called: `No traffic: fires after`. */
export function valueTitle(name: string): string {
  const field = SETTING_FIELDS.find(({ key }) => key === name);
  if (field) return `${ruleTitle(field.rule)}: ${field.label.toLowerCase()}`;
  return RULE_FORMS.find(({ rule }) => switchKey(rule) === name)?.title ?? 'Receivers';
}

/** A value of the form as it is read: `15 %`; what is not overridden, by the name of where it is from. */
export function valueAsRead(name: string, value: string, inheritedName: string): string {
  if (value === '' || value === 'inherit') return inheritedName;
  const field = SETTING_FIELDS.find(({ key }) => key === name);
  if (field) return `${value} ${unitText(field.unit)}`;
  return name === LIST ? value : (VALUE_WORDS[value] ?? value);
}

const VALUE_WORDS: Readonly<Record<string, string>> = {
  on: 'On',
  off: 'Off',
  list: 'Custom list',
  nobody: 'Nobody',
};

function switchKey(rule: RuleName): string {
  return `${rule}.enabled`;
}

/** How many settings the draft overrides. */
export function countOverridden({ receiverMode, switches, numbers }: SettingsDraft): number {
  const texts = Object.values(numbers).filter((text) => text.trim() !== '');
  const switched = Object.values(switches).filter((state) => state !== 'inherit');
  return texts.length + switched.length + (receiverMode === 'inherit' ? 0 : 1);
}

/** @param stored - the draft that the overrides make, which the patch is for */
export function outcomeOf(stored: SettingsDraft, draft: SettingsDraft): DraftOutcome {
  const patch: SettingsPatch = {};
  const problems: Record<string, string> = {};
  const change = (rule: RuleName, name: string, value: number | boolean | null) => {
    patch[rule] = { ...patch[rule], [name]: value };
  };

  const receivers = receiversOf(draft);
  if (receivers?.length === 0 && draft.receiverMode === 'list') {
    problems.receivers = 'Enter at least one address, or choose Nobody.';
  } else if (JSON.stringify(receivers) !== JSON.stringify(receiversOf(stored))) {
    patch.receivers = receivers;
  }
  for (const { rule } of RULE_FORMS) {
    const state = draft.switches[rule];
    if (state === stored.switches[rule]) continue;
    change(rule, 'enabled', state === 'inherit' ? null : state === 'on');
  }
  for (const field of SETTING_FIELDS) {
    const { key, rule, name, unit } = field;
    const text = draft.numbers[key] ?? '';
    const value = parseText(text, unit);
    const problem = text.trim() === '' ? null : problemOf(value, field);
    if (problem) problems[key] = problem;
    else if (value !== parseText(stored.numbers[key] ?? '', unit)) change(rule, name, value);
  }
  return { patch, problems };
}

export function isEmptyPatch(patch: SettingsPatch): boolean {
  return Object.keys(patch).length === 0;
}

/** As the API would say it, but in the unit that was typed. */
function problemOf(value: number | null, field: SettingField): string | null {
  if (value === null) return 'Enter a number.';
  const { minimum, maximum, isMinimumExcluded, isInteger, unit } = field;
  const isLow = isMinimumExcluded ? value <= minimum : value < minimum;
  if (!isLow && value <= maximum && (!isInteger || Number.isInteger(value))) return null;
  const from = isMinimumExcluded ? 'more than' : 'from';
  const bounds = `${from} ${textOf(minimum, unit)} to ${textOf(maximum, unit)}`;
  return `Enter a ${isInteger ? 'whole number' : 'number'} ${bounds}.`;
}

function modeOf(receivers: readonly string[] | undefined): ReceiverMode {
  if (receivers === undefined) return 'inherit';
  return receivers.length === 0 ? 'nobody' : 'list';
}

/** Null: not overridden. */
export function receiversOf({ receiverMode, receivers }: SettingsDraft): readonly string[] | null {
  switch (receiverMode) {
    case 'inherit':
      return null;
    case 'nobody':
      return [];
    case 'list':
      return receivers
        .split(/\s+/)
        .flatMap((text) => (text.includes('://') ? text.replace(/[,;]$/, '') : text.split(/[,;]/)))
        .filter((text) => text !== '');
    default:
      return receiverMode satisfies never;
  }
}

function switchOf(overrides: AlertOverrides, rule: RuleName): Switch {
  const enabled = overrides[rule]?.enabled;
  if (enabled === undefined) return 'inherit';
  return enabled ? 'on' : 'off';
}

function overridden(overrides: AlertOverrides, rule: RuleName, name: string): unknown {
  const values: Readonly<Record<string, unknown>> = overrides[rule] ?? {};
  return values[name];
}
