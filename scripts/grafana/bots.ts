/** The dashboards of the fleet and of one bot: from the store, and from the query API for who has no access to it. */
import { API, api, CLICKHOUSE, type PanelSpec, PROMETHEUS, prom, sql } from './panels.ts';

/** Percentiles come from events: those of hours cannot be averaged. */
const QUANTILES = [50, 95, 99]
  .map((p) => `quantile(${p / 100})(processing_time_ms) AS p${p}`)
  .join(', ');

const IS_BOT = "bot_id = '$bot'";

function eventsOverTime(what: string, where: string): string {
  return `SELECT $__timeInterval(timestamp) AS time, ${what} FROM webhook_events FINAL WHERE $__timeFilter(timestamp)${where}`;
}

function fromStore(
  title: string,
  unit: string,
  rawSql: string,
  size: PanelSpec['size'] = [12, 8],
): PanelSpec {
  const queries = [sql(rawSql, 'timeseries')];
  return { kind: 'timeseries', title, unit, size, source: CLICKHOUSE, queries };
}

function fromApi(
  title: string,
  size: PanelSpec['size'],
  query: PanelSpec['queries'][number],
): PanelSpec {
  return { kind: 'table', title, size, source: API, queries: [query] };
}

export const FLEET: readonly PanelSpec[] = [
  fromApi(
    'Fleet',
    [24, 4],
    api('/api/health/webhook/', '', {
      status: ['Status', 'string'],
      'summary.webhook_bots_count': ['Bots', 'number'],
      'summary.total_events_last_15min': ['Events, 15 min', 'number'],
      'summary.total_errors_last_15min': ['Errors, 15 min', 'number'],
      'summary.overall_error_rate': ['Error rate', 'string'],
    }),
  ),
  fromApi(
    'Bots',
    [14, 9],
    api('/api/health/webhook/', 'bots', {
      bot_id: ['Bot', 'string'],
      status: ['Status', 'string'],
      events_last_15min: ['Events, 15 min', 'number'],
      error_rate: ['Error rate', 'string'],
      avg_processing_time_ms: ['Processing, ms', 'number'],
      last_event_at: ['Last event', 'timestamp'],
    }),
  ),
  fromApi(
    'Alerts',
    [10, 9],
    api('/api/alerts', 'alerts', {
      bot_id: ['Bot', 'string'],
      rule: ['Rule', 'string'],
      state: ['State', 'string'],
      fired_at: ['Since', 'timestamp'],
    }),
  ),
  fromStore(
    'Events',
    'short',
    `${eventsOverTime('event_type, count() AS events', '')} GROUP BY time, event_type ORDER BY time`,
  ),
  fromStore(
    'Errors',
    'short',
    `${eventsOverTime("ifNull(error_type, 'none') AS error, count() AS errors", " AND (event_type = 'error' OR status = 'failed')")} GROUP BY time, error ORDER BY time`,
  ),
  fromStore(
    'Processing time',
    'ms',
    `${eventsOverTime(QUANTILES, '')} GROUP BY time ORDER BY time`,
  ),
  {
    kind: 'table',
    title: 'Bots with the most errors',
    description: 'Of the hours with events in the range, each as a whole.',
    size: [12, 8],
    source: CLICKHOUSE,
    queries: [
      sql(
        'SELECT bot_id, sum(requests_failed) AS errors, greatest(sum(requests_received), sum(requests_processed) + sum(requests_failed)) AS events, round(100 * errors / greatest(events, 1), 1) AS percent FROM webhook_metrics FINAL WHERE $__timeFilter(last_event_at) GROUP BY bot_id ORDER BY errors DESC LIMIT 20',
        'table',
      ),
    ],
  },
  {
    kind: 'timeseries',
    title: 'Deliveries of the busiest bots',
    description: 'Only with METRICS_BY_BOT=true.',
    unit: 'reqps',
    size: [24, 8],
    source: PROMETHEUS,
    queries: [
      prom(
        'topk(10, sum by (bot_id) (rate(hookpulse_bot_deliveries_total[$__rate_interval])))',
        '{{bot_id}}',
      ),
    ],
  },
];

export const ONE_BOT: readonly PanelSpec[] = [
  fromApi(
    'Health',
    [24, 4],
    api('/api/health/webhook/$bot/', '', {
      bot_name: ['Bot', 'string'],
      status: ['Status', 'string'],
      delivery_mode: ['Delivery', 'string'],
      'last_15_minutes.events': ['Events, 15 min', 'number'],
      'last_15_minutes.errors': ['Errors, 15 min', 'number'],
      'last_15_minutes.error_rate': ['Error rate', 'string'],
      'last_15_minutes.p95_processing_time_ms': ['p95, ms', 'number'],
    }),
  ),
  fromStore(
    'Events',
    'short',
    `${eventsOverTime('event_type, count() AS events', ` AND ${IS_BOT}`)} GROUP BY time, event_type ORDER BY time`,
  ),
  fromStore(
    'Errors',
    'short',
    `${eventsOverTime("ifNull(error_type, 'none') AS error, count() AS errors", ` AND ${IS_BOT} AND (event_type = 'error' OR status = 'failed')`)} GROUP BY time, error ORDER BY time`,
  ),
  fromStore(
    'Processing time',
    'ms',
    `${eventsOverTime(QUANTILES, ` AND ${IS_BOT}`)} GROUP BY time ORDER BY time`,
  ),
  {
    kind: 'timeseries',
    title: 'Deliveries by outcome',
    description: 'Only with METRICS_BY_BOT=true.',
    unit: 'reqps',
    size: [12, 8],
    source: PROMETHEUS,
    queries: [
      prom(
        'sum by (outcome) (rate(hookpulse_bot_deliveries_total{bot_id="$bot"}[$__rate_interval]))',
        '{{outcome}}',
      ),
    ],
  },
  {
    kind: 'table',
    title: 'Alerts',
    size: [12, 8],
    source: CLICKHOUSE,
    queries: [
      sql(
        `SELECT at, rule, transition, reason FROM webhook_alerts FINAL WHERE ${IS_BOT} AND $__timeFilter(at) ORDER BY at DESC LIMIT 50`,
        'table',
      ),
    ],
  },
  fromApi(
    'Hours',
    [12, 8],
    api('/api/health/webhook/$bot/', 'hourly', {
      date: ['Date', 'string'],
      hour: ['Hour', 'number'],
      requests_received: ['Received', 'number'],
      requests_failed: ['Failed', 'number'],
      p95_processing_time_ms: ['p95, ms', 'number'],
    }),
  ),
  {
    kind: 'table',
    title: 'Last events',
    size: [24, 10],
    source: CLICKHOUSE,
    queries: [
      sql(
        `SELECT timestamp, event_type, status, update_type, error_type, processing_time_ms FROM webhook_events FINAL WHERE ${IS_BOT} AND $__timeFilter(timestamp) ORDER BY timestamp DESC LIMIT 100`,
        'table',
      ),
    ],
  },
];
