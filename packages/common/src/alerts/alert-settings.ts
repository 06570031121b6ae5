/**
 * What alerts are judged and mailed by. Three layers, the nearer one wins field by field: what a bot
 * overrides, what is set for all bots at run time, and the environment.
 */
import Type, { type Static } from 'typebox';
import {
  overrideRules,
  RULE_OVERRIDES,
  type RuleSettings,
  STORED_RULE_OVERRIDES,
} from './rules/rules.ts';

/** As the environment's addresses are checked; no control character gets near a mail's headers. */
const ADDRESS_PART = '[^\\s\\x00-\\x1f\\x7f@<>()\\[\\]\\\\,;:"]+';
const MailAddress = Type.String({
  pattern: `^${ADDRESS_PART}@${ADDRESS_PART}$`,
  maxLength: 254,
  description: 'a mail address, name@host',
});
const Receivers = Type.Array(MailAddress, {
  maxItems: 50,
  description: 'a list of mail addresses that receive the alerts; an empty list: nobody',
});

/** Every field may be left out: then the next layer has it. */
export const AlertOverridesSchema = Type.Object(
  { receivers: Type.Optional(Receivers), ...RULE_OVERRIDES },
  { additionalProperties: false },
);

/**
 * The same on the log. Rules and fields that a later version adds are allowed and kept: otherwise no bot
 * that has one would be known after going back to this version.
 */
export const StoredAlertOverridesSchema = Type.Object({
  receivers: Type.Optional(Receivers),
  ...STORED_RULE_OVERRIDES,
});
export type AlertOverrides = Static<typeof AlertOverridesSchema>;

/** In force for one bot. */
export interface AlertSettings {
  readonly receivers: readonly string[];
  readonly rules: RuleSettings;
}

/** @param layers - the nearest last */
export function alertSettings(
  base: AlertSettings,
  ...layers: readonly (AlertOverrides | undefined)[]
): AlertSettings {
  return layers.reduce<AlertSettings>(
    (settings, layer) => (layer === undefined ? settings : overridden(settings, layer)),
    base,
  );
}

function overridden({ receivers, rules }: AlertSettings, layer: AlertOverrides): AlertSettings {
  return {
    receivers: layer.receivers ?? receivers,
    rules: overrideRules(rules, layer),
  };
}
