/**
 * What alerts are judged and mailed by. Three layers, the nearer one wins field by field: what a bot
 * overrides, what is set for all bots at run time, and the environment.
 */
import Type, { type Static } from 'typebox';
import { MAX_RECEIVER_LENGTH, RECEIVER_FORMS } from './receiver.ts';
import {
  overrideRules,
  RULE_OVERRIDES,
  type RuleSettings,
  STORED_RULE_OVERRIDES,
} from './rules/rules.ts';

/** Of an address; no control character gets near a mail's headers. */
const CHARACTER = '[^\\s\\x00-\\x1f\\x7f@<>()\\[\\]\\\\,;:"]';
/** At most 254 characters, of which 64 before the `@` (RFC 5321, section 4.5.3.1). */
const ADDRESS = `(mailto:)?${CHARACTER}{1,64}@${CHARACTER}{1,189}`;
/** Whether it is one of a receiver, `readReceiver` says. */
const ANY_URL = '[A-Za-z][A-Za-z+]*://[^\\s\\x00-\\x1f\\x7f]+';
const Receivers = Type.Array(
  Type.String({
    pattern: `^(?:${ADDRESS}|${ANY_URL})$`,
    maxLength: MAX_RECEIVER_LENGTH,
    description: RECEIVER_FORMS,
  }),
  {
    maxItems: 50,
    description:
      'a list of mail addresses and URLs that receive the alerts; an empty list: nobody. A URL that holds a secret is shown shortened, and stays when it is sent like that',
  },
);

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
  /** Mail addresses. */
  receivers: Type.Optional(Type.Array(Type.String())),
  /**
   * Receivers that are URLs, sealed where they hold secrets (`receiver.ts`). Apart from addresses, as
   * earlier versions know none and would not read the record; absent where `receivers` is.
   */
  channels: Type.Optional(Type.Array(Type.String())),
  ...STORED_RULE_OVERRIDES,
});
export type AlertOverrides = Static<typeof AlertOverridesSchema>;
export type StoredAlertOverrides = AlertOverrides & { channels?: string[] };

/** In force for one bot. */
export interface AlertSettings {
  /** As they are stored. */
  readonly receivers: readonly string[];
  readonly rules: RuleSettings;
}

/** @param layers - the nearest last */
export function alertSettings(
  base: AlertSettings,
  ...layers: readonly (StoredAlertOverrides | undefined)[]
): AlertSettings {
  return layers.reduce<AlertSettings>(
    (settings, layer) => (layer === undefined ? settings : overridden(settings, layer)),
    base,
  );
}

function overridden(
  { receivers, rules }: AlertSettings,
  layer: StoredAlertOverrides,
): AlertSettings {
  return {
    receivers: storedReceivers(layer) ?? receivers,
    rules: overrideRules(rules, layer),
  };
}

/** All receivers of a layer, as they are stored; undefined: it leaves them to the next one. */
export function storedReceivers(
  layer: Pick<StoredAlertOverrides, 'receivers' | 'channels'>,
): readonly string[] | undefined {
  const { receivers, channels } = layer;
  if (receivers === undefined && channels === undefined) return undefined;
  return [...(receivers ?? []), ...(channels ?? [])];
}
