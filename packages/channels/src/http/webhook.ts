/**
 * A webhook that is signed by the Standard Webhooks specification
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
import { createHmac } from 'node:crypto';
import { iso } from '@hookpulse/common/values/iso';
import { type Notification, plainId, type Verdict } from '../notification.ts';
import type { HttpSender } from './http-sender.ts';
import { verdictOf } from './http-verdict.ts';
import { wellFormedJson } from './well-formed-json.ts';

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_…` */
  readonly secret: string;
}

export async function sendWebhook(
  notification: Notification,
  { url, secret }: WebhookTarget,
  sender: HttpSender,
  nowMs: number,
): Promise<Verdict> {
  const id = plainId(notification.messageId);
  const timestamp = String(Math.floor(nowMs / 1_000));
  const body = wellFormedJson(payload(notification));
  const headers = {
    'user-agent': 'Hookpulse',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature(secret, `${id}.${timestamp}.${body}`)}`,
  };
  return verdictOf(await sender.post({ url, headers, body }), new URL(url).host);
}

function payload({ kind, dateMs, subject, text, alerts }: Notification) {
  return {
    type: `alert.${kind}`,
    timestamp: iso(dateMs),
    data: {
      subject,
      text,
      alerts: alerts.map((alert) => ({
        alert_id: alert.alert_id,
        bot_id: alert.bot_id,
        bot_name: alert.bot_name,
        rule: alert.rule,
        transition: alert.transition,
        sequence: alert.sequence,
        fired_at: alert.fired_at,
        at: alert.at,
        reason: alert.reason,
        severity: alert.severity,
        facts: alert.facts,
        url: alert.url,
      })),
    },
  };
}

function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(content).digest('base64');
}
