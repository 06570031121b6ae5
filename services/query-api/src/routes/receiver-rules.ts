/** What every route that sets receivers of alerts demands of them. */
import type { VisibleBots } from '@hookpulse/api/access';
import type { AlertOverridesPatch } from '@hookpulse/api/overrides-patch';
import { hasSecretReceiver, receiverProblem } from '@hookpulse/api/receiver-settings';
import type { StoredAlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import { conflict, type HttpError } from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';

export interface ReceiverRules {
  /** Null: there is no key, so no receiver with a secret is taken. */
  readonly secretBox: SecretBox | null;
  /** Whether ALERT_WEBHOOK_SECRET signs webhooks that have no secret of their own. */
  readonly hasWebhookSecret: boolean;
}

/**
 * @param place - of the settings within the body, such as `alerts.`
 * @param bots - those of the caller
 * @throws HttpError 400, 409
 */
export function assertReceivers(
  patch: AlertOverridesPatch | null | undefined,
  current: StoredAlertOverrides,
  { secretBox, hasWebhookSecret }: ReceiverRules,
  place = '',
  bots: VisibleBots = null,
): void {
  const problem = receiverProblem(patch, current, { hasWebhookSecret, bots });
  if (problem) throw invalidField(`${place}${problem.field}`, `${place}${problem.message}`);
  if (secretBox === null && hasSecretReceiver(patch)) throw noSecretsKey();
}

/** @throws HttpError 409 */
export function secretBoxIn(secretBox: SecretBox | null): SecretBox {
  if (secretBox === null) throw noSecretsKey();
  return secretBox;
}

export function noSecretsKey(): HttpError {
  return conflict(
    'This Hookpulse cannot keep secrets: SECRETS_KEY is not set. Set the same key for the query API, the forwarder and the alerter.',
  );
}
