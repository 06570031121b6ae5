/** Every alert rule, by its name: the only place that lists them. */
import Type, { type Static } from 'typebox';
import { HighErrorRateSettings, highErrorRate } from './high-error-rate.ts';
import { NoTrafficSettings, noTraffic } from './no-traffic.ts';
import type {
  Description,
  Ending,
  EnvironmentDefaults,
  JudgedBot,
  JudgedMoment,
  Rule,
  WindowFacts,
} from './rule.ts';
import { SignatureFailuresSettings, signatureFailures } from './signature-failures.ts';
import { SlowProcessingSettings, slowProcessing } from './slow-processing.ts';

/** Settings of each rule, whole: what is in force for a bot. */
export const RuleSettingsSchema = Type.Object({
  high_error_rate: HighErrorRateSettings,
  signature_failures: SignatureFailuresSettings,
  no_traffic: NoTrafficSettings,
  slow_processing: SlowProcessingSettings,
});
export type RuleSettings = Static<typeof RuleSettingsSchema>;
export type RuleName = keyof RuleSettings;

const strict = { additionalProperties: false };

/** What may be set nearer to a bot, field by field; a field that is left out is as it was. */
export const RULE_OVERRIDES = {
  high_error_rate: Type.Optional(Type.Partial(HighErrorRateSettings, strict)),
  signature_failures: Type.Optional(Type.Partial(SignatureFailuresSettings, strict)),
  no_traffic: Type.Optional(Type.Partial(NoTrafficSettings, strict)),
  slow_processing: Type.Optional(Type.Partial(SlowProcessingSettings, strict)),
};
type RuleOverrides = { readonly [Name in RuleName]?: Partial<RuleSettings[Name]> };

export const RULES: { readonly [Name in RuleName]: Rule<RuleSettings[Name]> } = {
  high_error_rate: highErrorRate,
  signature_failures: signatureFailures,
  no_traffic: noTraffic,
  slow_processing: slowProcessing,
};

export const RULE_NAMES = Object.keys(RULES).filter(isRuleName);

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}

export function defaultRuleSettings(environment: EnvironmentDefaults): RuleSettings {
  return {
    high_error_rate: highErrorRate.defaultsFrom(environment),
    signature_failures: signatureFailures.defaultsFrom(environment),
    no_traffic: noTraffic.defaultsFrom(environment),
    slow_processing: slowProcessing.defaultsFrom(environment),
  };
}

export function overrideRules(settings: RuleSettings, overrides: RuleOverrides): RuleSettings {
  const overridden = { ...settings };
  for (const name of RULE_NAMES) override(overridden, name, overrides[name]);
  return overridden;
}

/** Something for each rule. */
export function mapRules<Each>(make: (rule: RuleName) => Each): Record<RuleName, Each> {
  return {
    high_error_rate: make('high_error_rate'),
    signature_failures: make('signature_failures'),
    no_traffic: make('no_traffic'),
    slow_processing: make('slow_processing'),
  };
}

/** Whether a rule holds by its own settings; false where it is switched off. */
export function ruleHolds<Name extends RuleName>(
  name: Name,
  facts: WindowFacts,
  settings: { readonly [Each in RuleName]: RuleSettings[Each] },
  bot: JudgedBot,
  at: JudgedMoment,
): boolean {
  return settings[name].enabled && RULES[name].holds(facts, settings[name], bot, at);
}

/** What there is to say of an alert that fires when its rule, which is on, does not hold. */
export function ruleEnding<Name extends RuleName>(
  name: Name,
  facts: WindowFacts,
  settings: { readonly [Each in RuleName]: RuleSettings[Each] },
  bot: JudgedBot,
  at: JudgedMoment,
): Ending {
  return RULES[name].ending(facts, settings[name], bot, at);
}

/** What there is to say by a rule and its own settings. */
export function describeByRule<Name extends RuleName>(
  name: Name,
  facts: WindowFacts,
  settings: { readonly [Each in RuleName]: RuleSettings[Each] },
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
