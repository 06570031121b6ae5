/**
 * Every metric of Hookpulse: name, help text, labels and buckets. docs/metrics.md says what they mean
 * to an operator, and a test holds the two together.
 *
 * Names follow https://prometheus.io/docs/practices/naming/: the prefix of the product, base units,
 * `_total` for what only grows. Label values are few and known before; but for refusals no label is a bot.
 * Nothing is global: each service of a process has a registry, and so a page, of its own.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { VERSION } from '../process/version.ts';
import { LabelledCounter } from './labelled-counter.ts';
import { MetricsPage } from './metrics-page.ts';

/** What became of a delivery by Telegram (`POST /webhook/<bot_id>`), by the answer that it got. */
export const DELIVERY_OUTCOMES = [
  'accepted', // 200
  'invalid', // 400
  'invalid_signature', // 401
  'disabled', // 403
  'unknown_bot', // 404
  'too_large', // 413
  'unsupported_type', // 415
  'limited', // 429: too many wrong secrets
  'queue_full', // 503, without asking the log
  'unavailable', // 503
  'aborted', // the sender went away before its body was whole
  'failed', // 500 and anything else: a fault of ours
] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

/** What became of a report by a bot (`POST /api/events`). */
export const REPORT_OUTCOMES = [
  'accepted', // 202
  'invalid', // 400
  'unauthorized', // 401
  'foreign', // 403
  'too_large',
  'unsupported_type',
  'limited', // 429: too many wrong tokens
  'queue_full',
  'unavailable',
  'aborted',
  'failed',
] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** Why ingest did not take a request. */
export type RefusalReason =
  | Exclude<DeliveryOutcome | ReportOutcome, 'accepted'>
  | 'unmatched' // 404 and 405: no such path, or not by this method
  | 'malformed'; // 400, 408, 413, 431: not HTTP, or not in time

/** Why a message went to the dead-letter topic. */
const DEAD_LETTER_REASONS = [
  'no_value',
  'not_utf8',
  'not_json',
  'not_an_event',
  'not_storable',
] as const;

/** Fine where a healthy log answers, coarse up to the time after which senders give up, seconds. */
const ACKNOWLEDGE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Up to the 30 s after which a request to the store is given up, seconds. */
const FLUSH_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Around the two seconds within which an event is to be visible; beyond, outages, seconds. */
const STORE_DELAY_BUCKETS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 3600];
/** Around the 50 ms within which 10,000 bots are to be judged, seconds. */
const EVALUATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
/** Up to the 5 s after which the store is no longer waited for, seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What every service shows. */
export interface ServiceMetrics {
  readonly registry: Registry;
  /** What `GET /metrics` answers. */
  readonly page: MetricsPage;
  /** 1 or 0. */
  readonly ready: Gauge<'check'>;
}

/** @param service - `ingest`, `aggregator`, `alerter`, `forwarder` or `query-api` */
export function createServiceMetrics(service: string): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'hookpulse_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['service', 'version', 'node_version'],
    registers,
  }).set({ service, version: VERSION, node_version: process.version }, 1);
  const ready = new Gauge({
    name: 'hookpulse_ready',
    help: 'Whether a readiness check passes: 1, or 0 while GET /readyz is 503 because of it.',
    labelNames: ['check'],
    registers,
  });
  return { registry, page: new MetricsPage(registry), ready };
}

/** Publishing, as the services see it that do it all the time. */
export interface PublishMetrics {
  readonly publishSeconds: Histogram<'outcome'>;
}

function publishMetrics(registry: Registry): PublishMetrics {
  const publishSeconds = new Histogram({
    name: 'hookpulse_log_publish_duration_seconds',
    help: 'Time from handing a batch of messages to the event log to its acknowledgement or failure.',
    labelNames: ['outcome'],
    buckets: ACKNOWLEDGE_BUCKETS,
    registers: [registry],
  });
  for (const outcome of ['acknowledged', 'failed']) publishSeconds.zero({ outcome });
  return { publishSeconds };
}

export interface IngestMetrics extends PublishMetrics {
  readonly deliveries: LabelledCounter<DeliveryOutcome>;
  readonly reports: LabelledCounter<ReportOutcome>;
  readonly reportedEvents: LabelledCounter<'accepted' | 'refused'>;
  readonly refusals: Counter<'reason' | 'bot_id'>;
  readonly repairedBodies: LabelledCounter<'delivery' | 'report'>;
  readonly bodyBytes: Gauge;
  readonly acknowledgeSeconds: Histogram;
  readonly queuedMessages: Gauge;
  readonly queuedBytes: Gauge;
}

export function ingestMetrics(registry = new Registry()): IngestMetrics {
  const registers = [registry];
  return {
    ...publishMetrics(registry),
    deliveries: new LabelledCounter(registry, {
      name: 'hookpulse_deliveries_total',
      help: 'Deliveries by Telegram (POST /webhook/<bot_id>) by the answer that they got. A delivery that Telegram repeats is accepted again here, and counted once by the aggregator.',
      label: 'outcome',
      values: DELIVERY_OUTCOMES,
    }),
    reports: new LabelledCounter(registry, {
      name: 'hookpulse_reports_total',
      help: 'Reports by bots (POST /api/events) by the answer that they got.',
      label: 'outcome',
      values: REPORT_OUTCOMES,
    }),
    reportedEvents: new LabelledCounter(registry, {
      name: 'hookpulse_reported_events_total',
      help: 'Events in reports: accepted once they are durable; refused each for itself, or all of a report when it is strict or has one of another bot.',
      label: 'outcome',
      values: ['accepted', 'refused'],
    }),
    refusals: new Counter({
      name: 'hookpulse_refused_requests_total',
      help: 'Requests that ingest did not take, by reason and by the bot they are of; bot_id is empty where no bot of ours is known.',
      labelNames: ['reason', 'bot_id'],
      registers,
    }),
    repairedBodies: new LabelledCounter(registry, {
      name: 'hookpulse_repaired_bodies_total',
      help: 'Accepted deliveries and reports whose text was repaired with U+FFFD: bytes that are not UTF-8; in reports also lone surrogates and NUL.',
      label: 'of',
      values: ['delivery', 'report'],
    }),
    bodyBytes: new Gauge({
      name: 'hookpulse_ingest_body_bytes',
      help: 'Bytes of bodies that have arrived and whose requests are not answered yet. At 64 MiB ingest answers 503.',
      registers,
    }),
    acknowledgeSeconds: new Histogram({
      name: 'hookpulse_acknowledge_duration_seconds',
      help: "Time from handing a request's messages over to the log's acknowledgement, waiting in the queue included; of acknowledged ones.",
      buckets: ACKNOWLEDGE_BUCKETS,
      registers,
    }),
    queuedMessages: new Gauge({
      name: 'hookpulse_ingest_queue_messages',
      help: 'Messages taken and not yet acknowledged by the event log. At 20,000 ingest answers 503.',
      registers,
    }),
    queuedBytes: new Gauge({
      name: 'hookpulse_ingest_queue_bytes',
      help: 'Bytes of the messages taken and not yet acknowledged. At 64 MiB ingest answers 503.',
      registers,
    }),
  };
}

/** A member of a consumer group. */
export interface ConsumerMetrics {
  readonly lag: Gauge<'group' | 'topic' | 'partition'>;
  readonly assignedPartitions: Gauge<'group' | 'topic'>;
}

function consumerMetrics(registry: Registry): ConsumerMetrics {
  const registers = [registry];
  return {
    lag: new Gauge({
      name: 'hookpulse_consumer_lag_messages',
      help: 'Messages of an assigned partition that this consumer has not been handed yet. Absent while the log does not say.',
      labelNames: ['group', 'topic', 'partition'],
      registers,
    }),
    assignedPartitions: new Gauge({
      name: 'hookpulse_consumer_assigned_partitions',
      help: 'Partitions that this consumer holds and has restored.',
      labelNames: ['group', 'topic'],
      registers,
    }),
  };
}

export interface AggregatorMetrics extends PublishMetrics, ConsumerMetrics {
  readonly paused: Gauge<'group' | 'topic'>;
  readonly countedEvents: Counter;
  readonly duplicateEvents: Counter;
  readonly lateEvents: Counter;
  readonly deadLetters: LabelledCounter<(typeof DEAD_LETTER_REASONS)[number]>;
  readonly timeoutsAnnounced: Counter;
  readonly flushSeconds: Histogram;
  readonly flushFailures: Counter;
  readonly pendingEvents: Gauge;
  readonly lastFlush: Gauge;
  readonly storeDelaySeconds: Histogram;
  readonly alertHistoryLag: Gauge;
  readonly alertHistoryUnreadable: Counter;
}

export function aggregatorMetrics(registry = new Registry()): AggregatorMetrics {
  const registers = [registry];
  return {
    ...publishMetrics(registry),
    ...consumerMetrics(registry),
    paused: new Gauge({
      name: 'hookpulse_consumer_paused',
      help: '1 while nothing is taken from the log because too much waits for the store, else 0.',
      labelNames: ['group', 'topic'],
      registers,
    }),
    countedEvents: new Counter({
      name: 'hookpulse_events_counted_total',
      help: 'Events folded into windows, each once.',
      registers,
    }),
    duplicateEvents: new Counter({
      name: 'hookpulse_events_duplicate_total',
      help: 'Events recognised as repetitions by their event_id, and not counted again.',
      registers,
    }),
    lateEvents: new Counter({
      name: 'hookpulse_events_late_total',
      help: 'Counted events whose hour had ended more than 5 minutes before the log took them. Their own hour is updated.',
      registers,
    }),
    deadLetters: new LabelledCounter(registry, {
      name: 'hookpulse_events_dead_lettered_total',
      help: 'Messages that could not be read and went to webhook.events.dlq.',
      label: 'reason',
      values: DEAD_LETTER_REASONS,
    }),
    timeoutsAnnounced: new Counter({
      name: 'hookpulse_timeouts_announced_total',
      help: 'Timeout errors put on the log for updates that were never processed; one may be announced more than once, and is counted once.',
      registers,
    }),
    flushSeconds: new Histogram({
      name: 'hookpulse_flush_duration_seconds',
      help: 'Time of each attempt to store that succeeded.',
      buckets: FLUSH_BUCKETS,
      registers,
    }),
    flushFailures: new Counter({
      name: 'hookpulse_flush_failures_total',
      help: 'Attempts to store that failed. The same changes are stored again until it works.',
      registers,
    }),
    pendingEvents: new Gauge({
      name: 'hookpulse_flush_pending_events',
      help: 'Events folded and not stored yet.',
      registers,
    }),
    lastFlush: new Gauge({
      name: 'hookpulse_flush_last_success_timestamp_seconds',
      help: 'When storing last succeeded, Unix time; 0 before the first time. Seconds since: time() minus this.',
      registers,
    }),
    storeDelaySeconds: new Histogram({
      name: 'hookpulse_store_delay_seconds',
      help: 'Time from when the log took the oldest event of a flush until the flush was stored: how late the health answers are.',
      buckets: STORE_DELAY_BUCKETS,
      registers,
    }),
    alertHistoryLag: new Gauge({
      name: 'hookpulse_alert_history_lag_messages',
      help: 'Messages about alerts, of the partitions held, that are not in their history yet. Absent while the log does not say.',
      registers,
    }),
    alertHistoryUnreadable: new Counter({
      name: 'hookpulse_alert_history_unreadable_total',
      help: 'Messages about alerts that could not be read, and are missing in their history.',
      registers,
    }),
  };
}

/** What became of an event that the alerter read. */
const FOLDED_AS = ['counted', 'duplicate', 'late', 'unreadable'] as const;

/** What became of an attempt to mail, or of a mail that was not to be sent. */
const MAIL_OUTCOMES = [
  'accepted',
  'refused',
  'retried',
  'silenced',
  'disabled',
  'no_receivers',
] as const;

export interface AlerterMetrics extends PublishMetrics, ConsumerMetrics {
  readonly foldedEvents: LabelledCounter<(typeof FOLDED_AS)[number]>;
  readonly evaluationSeconds: Histogram;
  readonly lagSeconds: Gauge;
  readonly alerts: Gauge<'rule' | 'state'>;
  readonly transitions: Counter<'rule' | 'transition'>;
  readonly mails: LabelledCounter<(typeof MAIL_OUTCOMES)[number]>;
  readonly dueMails: Gauge;
  readonly heartbeats: LabelledCounter<'ok' | 'failed'>;
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
    mails: new LabelledCounter(registry, {
      name: 'hookpulse_alert_mails_total',
      help: 'Mails by outcome: accepted by the server or written to the outbox, refused for good, retried later; silenced, disabled and no_receivers count transitions that are not mailed.',
      label: 'outcome',
      values: MAIL_OUTCOMES,
    }),
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

export interface ForwarderMetrics extends PublishMetrics, ConsumerMetrics {
  readonly attempts: LabelledCounter<'delivered' | 'failed'>;
  readonly expired: Counter;
  readonly heldUpdates: Gauge;
  readonly heldBytes: Gauge;
  readonly backlog: Gauge;
  readonly inFlight: Gauge;
}

export function forwarderMetrics(registry = new Registry()): ForwarderMetrics {
  const registers = [registry];
  return {
    ...publishMetrics(registry),
    ...consumerMetrics(registry),
    attempts: new LabelledCounter(registry, {
      name: 'hookpulse_forward_attempts_total',
      help: 'Requests to the URLs of bots: delivered when the bot answered 2xx, failed by everything else.',
      label: 'outcome',
      values: ['delivered', 'failed'],
    }),
    expired: new Counter({
      name: 'hookpulse_forward_expired_total',
      help: 'Updates that were given up and went to telegram.updates.dead.',
      registers,
    }),
    heldUpdates: new Gauge({
      name: 'hookpulse_forward_held_updates',
      help: 'Updates in memory, under way ones included.',
      registers,
    }),
    heldBytes: new Gauge({
      name: 'hookpulse_forward_held_bytes',
      help: 'Bytes of the updates in memory. At 128 MiB each bot holds one update.',
      registers,
    }),
    backlog: new Gauge({
      name: 'hookpulse_forward_backlog_updates',
      help: 'Updates that wait for their bots, in memory and on the log, as far as they have been read.',
      registers,
    }),
    inFlight: new Gauge({
      name: 'hookpulse_forward_in_flight_requests',
      help: 'Requests to bots that are not answered, or whose outcome the log has not acknowledged.',
      registers,
    }),
  };
}

export interface RequestMetrics {
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
}

export function requestMetrics(registry: Registry): RequestMetrics {
  return {
    requestSeconds: new Histogram({
      name: 'hookpulse_http_request_duration_seconds',
      help: 'Time to answer, by route (its pattern; "none" where there is no route) and class of status.',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS,
      registers: [registry],
    }),
  };
}
