/** `/api/alert-settings`: what alerts of all bots are judged and mailed by. */

import { AlertSettingsViewSchema, effectiveAlerts } from '@hookpulse/api/alert-settings-view';
import { AlertOverridesPatchSchema, patchOverrides } from '@hookpulse/api/overrides-patch';
import { shownOverrides, storedPatch } from '@hookpulse/api/receiver-settings';
import { type AlertSettings, alertSettings } from '@hookpulse/common/alerts/alert-settings';
import { ALL_BOTS } from '@hookpulse/common/alerts/sealed-receiver';
import {
  assertMatches,
  entityTag,
  IfMatchSchema,
  preconditionFailedSchema,
} from '@hookpulse/service-kit/http/entity-tag';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import { oneAtATime } from '../one-at-a-time.ts';
import { assertReceivers, type ReceiverRules, secretBoxIn } from './receiver-rules.ts';

export interface AlertSettingsDeps {
  readonly controls: AlertControls;
  /** Of the environment. */
  readonly alertDefaults: AlertSettings;
  readonly receivers: ReceiverRules;
}

const PATH = '/api/alert-settings';
const tags = ['alerts'];

export function registerAlertSettings(
  app: HttpApp,
  { controls, alertDefaults, receivers }: AlertSettingsDeps,
): void {
  const changing = oneAtATime();

  app.get(
    PATH,
    {
      config: { hasEntityTag: true },
      schema: {
        tags,
        summary: 'Alert settings of all bots: overrides and effective values',
        response: { 200: AlertSettingsViewSchema },
      },
    },
    (_request, reply) => {
      reply.header('etag', entityTag(controls.overrides));
      return view();
    },
  );

  app.patch(
    PATH,
    {
      config: { hasEntityTag: true },
      schema: {
        tags,
        summary:
          'Overrides alert settings for all bots, by a JSON merge patch; null removes an override',
        headers: IfMatchSchema,
        body: AlertOverridesPatchSchema,
        response: {
          200: AlertSettingsViewSchema,
          400: ErrorBodySchema,
          412: preconditionFailedSchema(AlertSettingsViewSchema),
          503: ErrorBodySchema,
        },
      },
    },
    (request, reply) =>
      changing(async () => {
        const { overrides } = controls;
        assertMatches(request, overrides, view);
        assertReceivers(request.body, overrides, receivers);
        const patch = storedPatch(request.body, overrides, ALL_BOTS, (...secret) =>
          secretBoxIn(receivers.secretBox).seal(...secret),
        );
        await controls.putOverrides(patchOverrides(overrides, patch));
        reply.header('etag', entityTag(controls.overrides));
        return view();
      }),
  );

  function view() {
    const { overrides } = controls;
    return {
      overrides: shownOverrides(overrides),
      effective: effectiveAlerts(alertSettings(alertDefaults, overrides)),
      defaults: effectiveAlerts(alertDefaults),
    };
  }
}
