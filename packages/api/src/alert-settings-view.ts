/** Alert settings as the API shows them: in the shape in which they are overridden. */
import { AlertOverridesSchema, type AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { shownReceiver } from '@hookpulse/common/alerts/receiver';
import { RuleSettingsSchema } from '@hookpulse/common/alerts/rules/rules';
import Type, { type Static } from 'typebox';

/** Every field is there. */
const WHOLE_SETTINGS = {
  receivers: Type.Array(Type.String(), {
    description: 'mail addresses and URLs that receive the alerts, without secrets',
  }),
  ...RuleSettingsSchema.properties,
};

/** In force, so every field is there. */
export const EffectiveAlertsSchema = Type.Object(WHOLE_SETTINGS, {
  description: 'effective values: the override, otherwise the environment',
});
export type EffectiveAlerts = Static<typeof EffectiveAlertsSchema>;

export const AlertSettingsViewSchema = Type.Object({
  overrides: AlertOverridesSchema,
  effective: EffectiveAlertsSchema,
  defaults: Type.Object(WHOLE_SETTINGS, {
    description: 'values from the environment, effective without overrides',
  }),
});
export type AlertSettingsView = Static<typeof AlertSettingsViewSchema>;

export function effectiveAlerts({ receivers, rules }: AlertSettings): EffectiveAlerts {
  return { receivers: receivers.map(shownReceiver), ...rules };
}
