/** The dashboard of Hookpulse itself: what docs/metrics.md lists, from ingest to the notification. */
import { type PanelSpec, PROMETHEUS, prom } from './panels.ts';

const RATE = '[$__rate_interval]';

function quantiles(metric: string): PanelSpec['queries'] {
  return [0.5, 0.99].map((quantile) =>
    prom(
      `histogram_quantile(${quantile}, sum by (le) (rate(${metric}_bucket${RATE})))`,
      `p${quantile * 100}`,
    ),
  );
}

function overTime(
  title: string,
  unit: string,
  queries: PanelSpec['queries'],
  description = '',
): PanelSpec {
  const size = [8, 8] as const;
  const base = { kind: 'timeseries' as const, title, unit, size, source: PROMETHEUS, queries };
  return description === '' ? base : { ...base, description };
}

export const PIPELINE: readonly PanelSpec[] = [
  {
    kind: 'stat',
    title: 'Ready checks',
    description: '0: GET /readyz of this service is 503. The answer says why.',
    size: [12, 5],
    source: PROMETHEUS,
    queries: [prom('min by (service, check) (hookpulse_ready)', '{{service}} {{check}}')],
  },
  {
    kind: 'stat',
    title: 'Version',
    size: [6, 5],
    source: PROMETHEUS,
    queries: [prom('count by (version) (hookpulse_build_info)', '{{version}}')],
  },
  {
    kind: 'stat',
    title: 'Deliveries refused by Hookpulse',
    description: 'Telegram repeats them (docs/guides/slo.md).',
    unit: 'percentunit',
    size: [6, 5],
    source: PROMETHEUS,
    queries: [prom('hookpulse:deliveries_refused:ratio_rate1h', 'last hour')],
  },
  overTime('Deliveries', 'reqps', [
    prom(`sum by (outcome) (rate(hookpulse_deliveries_total${RATE}))`, '{{outcome}}'),
  ]),
  overTime('Time to acknowledge', 's', quantiles('hookpulse_acknowledge_duration_seconds')),
  overTime('Ingest queue', 'short', [
    prom('sum(hookpulse_ingest_queue_messages)', 'messages that wait for the log'),
  ]),
  overTime('Lag', 'short', [prom('sum by (group) (hookpulse_consumer_lag_messages)', '{{group}}')]),
  overTime('Oldest record not handled', 's', [
    prom('hookpulse:consumer_oldest_unhandled_age_seconds:max', '{{group}}'),
  ]),
  overTime('Partitions held', 'short', [
    prom('sum by (group) (hookpulse_consumer_assigned_partitions)', '{{group}}'),
  ]),
  overTime('Time to store', 's', quantiles('hookpulse_flush_duration_seconds')),
  overTime(
    'Age of events when stored',
    's',
    quantiles('hookpulse_store_delay_seconds'),
    'How late the health answers are.',
  ),
  overTime('Events', 'eps', [
    prom(`sum(rate(hookpulse_events_counted_total${RATE}))`, 'counted'),
    prom(`sum(rate(hookpulse_events_duplicate_total${RATE}))`, 'duplicate'),
    prom(`sum(rate(hookpulse_events_late_total${RATE}))`, 'late'),
    prom(`sum(rate(hookpulse_events_dead_lettered_total${RATE}))`, 'dead letters'),
  ]),
  overTime('Alerts', 'short', [
    prom('max by (rule, state) (hookpulse_alerts)', '{{rule}} {{state}}'),
  ]),
  overTime('Notifications', 'short', [
    prom(
      'sum by (channel, outcome) (increase(hookpulse_notifications_total[$__range]))',
      '{{channel}} {{outcome}}',
    ),
  ]),
  overTime('Alerter lag', 's', [prom('max(hookpulse_alerter_lag_seconds)', 'judged as of')]),
  overTime('Requests to bots', 'reqps', [
    prom(`sum by (outcome) (rate(hookpulse_forward_attempts_total${RATE}))`, '{{outcome}}'),
  ]),
  overTime('Forwarding backlog', 'short', [
    prom('sum(hookpulse_forward_backlog_updates)', 'updates'),
    prom('sum by (state) (hookpulse_forward_bots)', 'bots {{state}}'),
  ]),
  overTime('Oldest update that waits for its bot', 's', [
    prom('max(hookpulse_forward_oldest_update_age_seconds)', 'age'),
  ]),
  overTime('Query API', 'reqps', [
    prom(
      `sum by (status) (rate(hookpulse_http_request_duration_seconds_count${RATE}))`,
      '{{status}}',
    ),
  ]),
  overTime('Memory', 'bytes', [prom('process_resident_memory_bytes', '{{service}}')]),
  overTime('Event loop lag', 's', [prom('nodejs_eventloop_lag_p99_seconds', '{{service}}')]),
];
