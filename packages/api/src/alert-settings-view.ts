/** Alert settings as the API shows them: in the shape in which they are overridden. */
import { AlertOverridesSchema, type AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { RuleSettingsSchema } from '@hookpulse/common/alerts/rules/rules';
import Type, { type Static } from 'typebox';

/** Every field is there. */
const WHOLE_SETTINGS = {
  receivers: Type.Array(Type.String(), { description: 'who gets the mails' }),
  ...RuleSettingsSchema.properties,
};

/** In force, so every field is there. */
export const EffectiveAlertsSchema = Type.Object(WHOLE_SETTINGS, {
  description: 'what is in force: what is overridden, and else the environment',
});
export type EffectiveAlerts = Static<typeof EffectiveAlertsSchema>;

export const AlertSettingsViewSchema = Type.Object({
  overrides: AlertOverridesSchema,
  effective: EffectiveAlertsSchema,
  defaults: Type.Object(WHOLE_SETTINGS, {
    description: 'of the environment: what is in force again without the overrides',
  }),
});
export type AlertSettingsView = Static<typeof AlertSettingsViewSchema>;

export function effectiveAlerts({ receivers, rules }: AlertSettings): EffectiveAlerts {
  return { receivers: [...receivers], ...rules };
}
