/**
 * Alertmanager's API v2 (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml): whoever
 * has one gets its routing, grouping and silences.
 */
import { DAY_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { Notification, ToldAlert, Verdict } from '../notification.ts';
import type { HttpSender } from './http-sender.ts';
import { verdictOf } from './http-verdict.ts';
import { wellFormedJson } from './well-formed-json.ts';

/**
 * Without an end Alertmanager takes an alert for over after 5 minutes. Reminders, which put it off, come
 * once a week at the least.
 */
const LASTS_MS = 8 * DAY_MS;

/** @param url - where Alertmanager is reached, with its prefix, without a slash at the end */
export async function sendAlertmanager(
  notification: Notification,
  url: string,
  sender: HttpSender,
): Promise<Verdict> {
  const { kind, dateMs, subject, text, alerts } = notification;
  const posted =
    kind === 'test'
      ? [
          {
            labels: { alertname: 'HookpulseTest', service: 'hookpulse', severity: 'info' },
            annotations: { summary: subject, description: text },
            startsAt: iso(dateMs),
            endsAt: iso(dateMs + MINUTE_MS),
          },
        ]
      : alerts.map(postedAlert);
  const body = wellFormedJson(posted);
  return verdictOf(await sender.post({ url: `${url}/api/v2/alerts`, body }), new URL(url).host);
}

function postedAlert(alert: ToldAlert) {
  const { rule, bot_id, bot_name, reason, fired_at, at, transition, url } = alert;
  const endsAt = transition === 'resolved' ? at : iso(Date.parse(at) + LASTS_MS);
  return {
    // What may change is no label: by labels Alertmanager knows that it is the same alert.
    labels: { alertname: rule, bot_id, service: 'hookpulse', severity: 'error' },
    annotations: { summary: `${rule}: ${bot_name}`, description: reason, bot_name },
    startsAt: fired_at,
    endsAt,
    ...(url === null ? {} : { generatorURL: url }),
  };
}
