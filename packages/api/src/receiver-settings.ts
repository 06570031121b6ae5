/** Receivers of alerts as callers set and see them, and as settings store them (`receiver.ts`). */
import {
  type AlertOverrides,
  type StoredAlertOverrides,
  storedReceivers,
} from '@hookpulse/common/alerts/alert-settings';
import {
  isMailReceiver,
  isShortForm,
  readReceiver,
  shownReceiver,
  withSealed,
} from '@hookpulse/common/alerts/receiver';
import { RECEIVER_FIELD } from '@hookpulse/common/alerts/sealed-receiver';
import { isVisible, type VisibleBots } from './access.ts';
import type { Seal } from './forward-settings.ts';
import type { AlertOverridesPatch, StoredOverridesPatch } from './overrides-patch.ts';

export interface ReceiverProblem {
  /** As in `receivers.0`. */
  readonly field: string;
  readonly message: string;
}

export interface ReceiverTerms {
  /** Webhooks without a secret of their own are signed by ALERT_WEBHOOK_SECRET. */
  readonly hasWebhookSecret: boolean;
  /** The bots of the caller: it may let no other bot send. */
  readonly bots: VisibleBots;
}

/**
 * What is wrong with receivers beyond their schema; null: they can be set.
 * @param current - short forms of these may be sent back
 */
export function receiverProblem(
  patch: AlertOverridesPatch | null | undefined,
  current: StoredAlertOverrides,
  { hasWebhookSecret, bots }: ReceiverTerms,
): ReceiverProblem | null {
  const known = new Set(current.channels?.map(shownReceiver));
  for (const [index, text] of (patch?.receivers ?? []).entries()) {
    const field = `receivers.${index}`;
    if (known.has(text)) continue;
    if (isShortForm(text)) {
      return {
        field,
        message: `${field} has *** instead of a secret, and is none of the present receivers. Send the whole URL`,
      };
    }
    const result = readReceiver(text);
    if (!result.isOk) return { field, message: `${field} must be ${result.problem}` };
    const { receiver } = result;
    if (
      receiver.kind === 'telegram' &&
      receiver.botId !== null &&
      !isVisible(bots, receiver.botId)
    ) {
      return {
        field,
        message: `${field} names the bot ${receiver.botId}: there is no such bot for this token`,
      };
    }
    if (receiver.kind === 'webhook' && receiver.secret === null && !hasWebhookSecret) {
      return {
        field,
        message: `${field} needs a secret to sign with: put #whsec_<secret> behind the URL, or set ALERT_WEBHOOK_SECRET. Create one with: echo "whsec_$(openssl rand -base64 32)"`,
      };
    }
  }
  return null;
}

/** Whether one of them is kept encrypted. */
export function hasSecretReceiver(patch: AlertOverridesPatch | null | undefined): boolean {
  return (patch?.receivers ?? []).some((text) => {
    const result = readReceiver(text);
    return result.isOk && result.hasSecret;
  });
}

/**
 * The patch as it is merged into what is stored: addresses and channels apart, secrets sealed.
 * @param patch - for which `receiverProblem` is null
 */
export function storedPatch(
  patch: AlertOverridesPatch,
  current: StoredAlertOverrides,
  owner: string,
  seal: Seal,
): StoredOverridesPatch {
  const { receivers, ...rules } = patch;
  if (receivers === undefined) return patch;
  if (receivers === null) return { ...rules, receivers: null, channels: null };
  const present = new Map((current.channels ?? []).map((one) => [shownReceiver(one), one]));
  const stored = new Map<string, string>();
  for (const text of receivers) {
    const result = readReceiver(text);
    if (!result.isOk) {
      const kept = present.get(text);
      if (kept !== undefined) stored.set(text, kept);
      continue;
    }
    const { shown, hasSecret } = result;
    // Sealed anew even where it is set already: its key may have been replaced.
    stored.set(
      shown,
      hasSecret ? withSealed(shown, seal(text.trim(), owner, RECEIVER_FIELD)) : shown,
    );
  }
  const mails = [...stored.keys()].filter(isMailReceiver);
  const channels = [...stored].filter(([shown]) => !isMailReceiver(shown)).map(([, one]) => one);
  return { ...rules, receivers: mails, channels: channels.length > 0 ? channels : null };
}

/** In the shape in which they are set, without secrets. */
export function shownOverrides(stored: StoredAlertOverrides): AlertOverrides {
  const { channels: _channels, receivers: _receivers, ...rules } = stored;
  const receivers = storedReceivers(stored);
  return receivers === undefined ? rules : { receivers: receivers.map(shownReceiver), ...rules };
}
