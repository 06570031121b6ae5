/** Every alert rule, by its name: the only place that lists them. */
import Type, { type Static } from 'typebox';
import { forwardingStuck } from './forwarding-stuck.ts';
import { highErrorRate } from './high-error-rate.ts';
import { noTraffic } from './no-traffic.ts';
import type {
  Description,
  Ending,
  EnvironmentDefaults,
  JudgedBot,
  JudgedMoment,
  RuleFor,
  WindowFacts,
} from './rule.ts';
import { signatureFailures } from './signature-failures.ts';
import { slowProcessing } from './slow-processing.ts';

const LISTED = {
  high_error_rate: highErrorRate,
  signature_failures: signatureFailures,
  no_traffic: noTraffic,
  slow_processing: slowProcessing,
  forwarding_stuck: forwardingStuck,
};

export type RuleName = keyof typeof LISTED;
type Schemas = { readonly [Name in RuleName]: (typeof LISTED)[Name]['settings'] };
/** In force for a bot. */
export type RuleSettings = { -readonly [Name in RuleName]: Static<Schemas[Name]> };

export const RULES: { readonly [Name in RuleName]: RuleFor<RuleSettings[Name]> } = LISTED;
export const RULE_NAMES = Object.keys(RULES).filter(isRuleName);

/** Settings of each rule, whole. */
export const RuleSettingsSchema = Type.Object(ofEachRule<Schemas>((name) => LISTED[name].settings));

type Overrides = {
  readonly [Name in RuleName]: ReturnType<typeof overridesOf<Schemas[Name]>>;
};

/** What may be set nearer to a bot, field by field; a field that is left out is as it was. */
export const RULE_OVERRIDES = ofEachRule<Overrides>((name) =>
  overridesOf(LISTED[name].settings, { additionalProperties: false }),
);

/** The same on the log, where a later version may have added fields. */
export const STORED_RULE_OVERRIDES = ofEachRule<Overrides>((name) =>
  overridesOf(LISTED[name].settings, {}),
);
type RuleOverrides = { readonly [Name in RuleName]?: Partial<RuleSettings[Name]> };

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}

export function defaultRuleSettings(environment: EnvironmentDefaults): RuleSettings {
  return ofEachRule<RuleSettings>((name) => RULES[name].defaultsFrom(environment));
}

export function overrideRules(settings: RuleSettings, overrides: RuleOverrides): RuleSettings {
  const overridden = { ...settings };
  for (const name of RULE_NAMES) override(overridden, name, overrides[name]);
  return overridden;
}

/** Whether a rule holds by its own settings; false where it is switched off. */
export function ruleHolds<Name extends RuleName>(
  name: Name,
  facts: WindowFacts,
  settings: RuleSettings,
  bot: JudgedBot,
  at: JudgedMoment,
): boolean {
  return settings[name].enabled && RULES[name].holds(facts, settings[name], bot, at);
}

/** What there is to say of an alert that fires when its rule, which is on, does not hold. */
export function ruleEnding<Name extends RuleName>(
  name: Name,
  facts: WindowFacts,
  settings: RuleSettings,
  bot: JudgedBot,
  at: JudgedMoment,
): Ending {
  return RULES[name].ending(facts, settings[name], bot, at);
}

/** What there is to say by a rule and its own settings. */
export function describeByRule<Name extends RuleName>(
  name: Name,
  facts: WindowFacts,
  settings: RuleSettings,
  bot: JudgedBot,
  at: JudgedMoment,
): Description {
  return RULES[name].describe(facts, settings[name], bot, at);
}

function override<Name extends RuleName>(
  settings: RuleSettings,
  name: Name,
  fields: Partial<RuleSettings[Name]> | undefined,
): void {
  settings[name] = { ...settings[name], ...fields };
}

function overridesOf<Schema extends Schemas[RuleName]>(
  schema: Schema,
  options: Type.TObjectOptions,
) {
  return Type.Optional(Type.Partial(schema, options));
}

/** The types of what differs from rule to rule are the caller's word. */
function ofEachRule<All extends Record<RuleName, unknown>>(
  make: (name: RuleName) => All[RuleName],
): All;
function ofEachRule(make: (name: RuleName) => unknown): object {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, make(name)]));
}
