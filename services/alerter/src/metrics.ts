/** What the alerter shows of itself. */
import { RECEIVER_KINDS, type ReceiverKind } from '@hookpulse/common/alerts/receiver';
import { LabelledCounter } from '@hookpulse/service-kit/metrics/labelled-counter';
import {
  type ConsumerMetrics,
  consumerMetrics,
  type PublishMetrics,
  publishMetrics,
} from '@hookpulse/service-kit/metrics/metrics';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What became of an event that the alerter read. */
const FOLDED_AS = ['counted', 'duplicate', 'late', 'unreadable'] as const;

/** What became of an attempt to notify, or of a notification that was not to be sent. */
const NOTIFICATION_OUTCOMES = [
  'accepted',
  'refused',
  'retried',
  'silenced',
  'disabled',
  'no_receivers',
] as const;
export type NotificationOutcome = (typeof NOTIFICATION_OUTCOMES)[number];

/** Around the 50 ms within which 10,000 bots are to be judged, seconds. */
const EVALUATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
export interface AlerterMetrics extends PublishMetrics, ConsumerMetrics {
  readonly foldedEvents: LabelledCounter<(typeof FOLDED_AS)[number]>;
  readonly evaluationSeconds: Histogram;
  readonly lagSeconds: Gauge;
  readonly alerts: Gauge<'rule' | 'state'>;
  readonly transitions: Counter<'rule' | 'transition'>;
  readonly notifications: { inc(channel: ReceiverKind, outcome: NotificationOutcome): void };
  readonly dueMails: Gauge;
  readonly heartbeats: LabelledCounter<'ok' | 'failed'>;
}

function notificationsBy(registry: Registry): AlerterMetrics['notifications'] {
  const counter = new Counter({
    name: 'hookpulse_notifications_total',
    help: 'Notifications by channel and outcome: accepted by the receiving server or written to the outbox, refused for good, retried later; silenced, disabled and no_receivers count transitions that are not sent.',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  });
  for (const channel of RECEIVER_KINDS) {
    for (const outcome of NOTIFICATION_OUTCOMES) counter.inc({ channel, outcome }, 0);
  }
  return { inc: (channel, outcome) => counter.inc({ channel, outcome }) };
}

export function alerterMetrics(registry = new Registry()): AlerterMetrics {
  const registers = [registry];
  return {
    ...publishMetrics(registry),
    ...consumerMetrics(registry),
    foldedEvents: new LabelledCounter(registry, {
      name: 'hookpulse_alerter_events_total',
      help: 'Events read from the log: counted in a sliding window, duplicate, late (older than the window when the log took them), or unreadable. Windows are read again after a restart, and counted again here.',
      label: 'outcome',
      values: FOLDED_AS,
    }),
    evaluationSeconds: new Histogram({
      name: 'hookpulse_alerter_evaluation_duration_seconds',
      help: 'Time to judge all bots of the partitions held, once.',
      buckets: EVALUATION_BUCKETS,
      registers,
    }),
    lagSeconds: new Gauge({
      name: 'hookpulse_alerter_lag_seconds',
      help: 'How far the moment that all bots were last judged as of lies back. Absent before the first time. Above 30 GET /readyz is 503.',
      registers,
    }),
    alerts: new Gauge({
      name: 'hookpulse_alerts',
      help: 'Alerts that fire now, all alerters together: state silenced when a silence holds their mails back, else firing.',
      labelNames: ['rule', 'state'],
      registers,
    }),
    transitions: new Counter({
      name: 'hookpulse_alert_transitions_total',
      help: 'Transitions that this alerter put on the log.',
      labelNames: ['rule', 'transition'],
      registers,
    }),
    notifications: notificationsBy(registry),
    dueMails: new Gauge({
      name: 'hookpulse_alert_mails_owed',
      help: 'Transitions whose mail is not settled yet, those held back by a silence included. 0 where another alerter sends the mails.',
      registers,
    }),
    heartbeats: new LabelledCounter(registry, {
      name: 'hookpulse_alerter_heartbeats_total',
      help: 'Calls of ALERTER_HEARTBEAT_URL.',
      label: 'outcome',
      values: ['ok', 'failed'],
    }),
  };
}
