/**
 * PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event): an incident for each
 * thread, opened and closed under one dedup_key.
 */
import { iso } from '@hookpulse/common/values/iso';
import { type Notification, plainId, type ToldAlert, type Verdict } from '../notification.ts';
import { cutText } from './cut-text.ts';
import type { HttpSender } from './http-sender.ts';
import { verdictOf } from './http-verdict.ts';
import { wellFormedJson } from './well-formed-json.ts';

const PATH = '/v2/enqueue';
/** PagerDuty takes no more. */
const MAX_SUMMARY_CHARACTERS = 1_024;
const MAX_KEY_CHARACTERS = 255;
/** Of the whole event 512 KB. */
const MAX_DETAIL_CHARACTERS = 100_000;
const FOR_NOW: ReadonlySet<number> = new Set([408, 429]);

/** @param apiUrl - as `PAGERDUTY_API_URL` */
export async function sendPagerDuty(
  notification: Notification,
  routingKey: string,
  apiUrl: string,
  sender: HttpSender,
): Promise<Verdict> {
  const url = `${apiUrl.replace(/\/+$/, '')}${PATH}`;
  const { host } = new URL(url);
  let last: Verdict = { kind: 'taken', detail: `${host}: other alerts of the incident still fire` };
  for (const event of eventsOf(notification)) {
    const body = wellFormedJson({ routing_key: routingKey, ...event });
    last = verdictOf(await sender.post({ url, body }), host, FOR_NOW);
    // The next attempt repeats the events before this one. PagerDuty ignores them: their keys are the same.
    if (last.kind !== 'taken') return last;
  }
  return last;
}

/** None where some alerts of a thread are resolved and others are not: a trigger would open it again. */
function eventsOf(notification: Notification): object[] {
  if (notification.kind === 'test') return testEvents(notification);
  const threads = Map.groupBy(notification.alerts, ({ threadId }) => threadId);
  if (notification.kind === 'resolved') {
    return [...threads]
      .filter(([, alerts]) => alerts.every((one) => one.isThreadOver))
      .map(([threadId]) => ({ event_action: 'resolve', dedup_key: dedupKey(threadId) }));
  }
  return [...threads].map(([threadId, alerts]) => ({
    ...trigger(notification, alerts),
    dedup_key: dedupKey(threadId),
  }));
}

function trigger(
  { subject, text, dateMs }: Notification,
  alerts: readonly ToldAlert[],
): Record<string, unknown> {
  const [first, ...others] = alerts;
  const url = first?.url ?? null;
  const isOne = first !== undefined && others.length === 0;
  return {
    event_action: 'trigger',
    client: 'Hookpulse',
    ...(url === null ? {} : { client_url: url }),
    payload: {
      summary: cutText(subject, MAX_SUMMARY_CHARACTERS),
      source: isOne ? first.bot_id : 'hookpulse',
      severity: 'error',
      timestamp: iso(dateMs),
      component: isOne ? first.bot_name : `${alerts.length} bots`,
      class: isOne ? first.rule : 'several',
      custom_details: { text: cutText(text, MAX_DETAIL_CHARACTERS) },
    },
  };
}

/** Nobody shall be left with an incident. */
function testEvents(notification: Notification): object[] {
  const dedup_key = dedupKey(notification.messageId);
  const { payload, ...event } = trigger(notification, []);
  const quiet = { ...Object(payload), severity: 'info', component: 'test', class: 'test' };
  return [
    { ...event, payload: quiet, dedup_key },
    { event_action: 'resolve', dedup_key },
  ];
}

function dedupKey(threadId: string): string {
  return plainId(threadId).slice(0, MAX_KEY_CHARACTERS);
}
