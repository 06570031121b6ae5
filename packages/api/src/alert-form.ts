/** The form in which people set alert rules, made of the rules and the schemas of their settings. */
import { COMMON_SETTINGS } from '@hookpulse/common/alerts/rules/rule';
import {
  RULE_NAMES,
  RULES,
  type RuleName,
  RuleSettingsSchema,
} from '@hookpulse/common/alerts/rules/rules';
import { isRecord, type SchemaRecord } from './schema-example.ts';

/** A number that a rule is set by. */
export interface SettingField {
  /** As the API names it in its errors: `high_error_rate.threshold`. */
  readonly key: string;
  readonly rule: RuleName;
  readonly name: string;
  readonly label: string;
  /** Such as `minutes`; of a `ratio` the value is 0 to 1. */
  readonly unit: string;
  readonly isInteger: boolean;
  /** What it may be. */
  readonly minimum: number;
  readonly maximum: number;
  /** Whether it has to be more than `minimum`. */
  readonly isMinimumExcluded: boolean;
}

export interface RuleForm {
  readonly rule: RuleName;
  readonly title: string;
  readonly meaning: string;
  readonly fields: readonly SettingField[];
}

/** Every rule, in the order in which they are shown. */
export const RULE_FORMS: readonly RuleForm[] = RULE_NAMES.map((rule) => {
  const schema: unknown = RuleSettingsSchema.properties[rule];
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties).filter((name) => name !== 'enabled');
  const own = names.filter((name) => !Object.hasOwn(COMMON_SETTINGS, name));
  const common = names.filter((name) => Object.hasOwn(COMMON_SETTINGS, name));
  return {
    rule,
    title: textIn(schema, 'title', rule),
    meaning: RULES[rule].meaning,
    fields: [...own, ...common].map((name) => fieldOf(rule, name, properties[name])),
  };
});

function fieldOf(rule: RuleName, name: string, schema: unknown): SettingField {
  const key = `${rule}.${name}`;
  const number = numberIn(schema);
  const { exclusiveMinimum, minimum = exclusiveMinimum, maximum } = number ?? {};
  if (!number || typeof minimum !== 'number' || typeof maximum !== 'number') {
    throw new TypeError(`${key} must be a number with bounds`);
  }
  return {
    key,
    rule,
    name,
    label: textIn(schema, 'title', key),
    unit: textIn(schema, 'x-unit', key),
    isInteger: number.type === 'integer',
    minimum,
    maximum,
    isMinimumExcluded: exclusiveMinimum !== undefined,
  };
}

/** Itself, or what it is where it is not null. */
function numberIn(schema: unknown): SchemaRecord | null {
  if (!isRecord(schema)) return null;
  const forms: readonly unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
  const isNumber = (form: unknown) =>
    isRecord(form) && (form.type === 'number' || form.type === 'integer');
  const found = forms.find(isNumber);
  return isRecord(found) ? found : null;
}

function textIn(schema: unknown, keyword: string, what: string): string {
  const text = isRecord(schema) ? schema[keyword] : undefined;
  if (typeof text !== 'string') throw new TypeError(`${what} needs a ${keyword} in its schema`);
  return text;
}
