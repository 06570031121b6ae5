/** What ingest shows of itself. */
import { BotCounter, BotLabels } from '@hookpulse/service-kit/metrics/bot-counter';
import { LabelledCounter } from '@hookpulse/service-kit/metrics/labelled-counter';
import {
  ACKNOWLEDGE_BUCKETS,
  type PublishMetrics,
  publishMetrics,
} from '@hookpulse/service-kit/metrics/metrics';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export const ACKNOWLEDGE_METRIC = 'hookpulse_acknowledge_duration_seconds';

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
  'held', // 503: the bot is being released
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

export interface IngestMetrics extends PublishMetrics {
  readonly deliveries: LabelledCounter<DeliveryOutcome>;
  /** Counts nothing unless it is switched on. */
  readonly botDeliveries: BotCounter;
  readonly reports: LabelledCounter<ReportOutcome>;
  readonly reportedEvents: LabelledCounter<'accepted' | 'refused'>;
  readonly refusals: Counter<'reason' | 'bot_id'>;
  /** Of the bots that have series of their own. */
  readonly botLabels: BotLabels;
  readonly repairedBodies: LabelledCounter<'delivery' | 'report'>;
  readonly bodyBytes: Gauge;
  readonly acknowledgeSeconds: Histogram;
  readonly queuedMessages: Gauge;
  readonly queuedBytes: Gauge;
}

export interface BotMetricsSettings {
  /** Whether deliveries are counted by bot. */
  readonly byBot: boolean;
  /** Bots with series of their own; all others share one. */
  readonly botLimit: number;
}

export const DEFAULT_BOT_METRICS: BotMetricsSettings = { byBot: false, botLimit: 500 };

export function ingestMetrics(
  registry = new Registry(),
  { byBot, botLimit } = DEFAULT_BOT_METRICS,
): IngestMetrics {
  const registers = [registry];
  const botLabels = new BotLabels(registry, botLimit);
  return {
    ...publishMetrics(registry),
    botLabels,
    botDeliveries: new BotCounter(registry, byBot ? botLabels : null, {
      name: 'hookpulse_bot_deliveries_total',
      help: 'Deliveries by Telegram to known bots, by bot and by the answer that they got. Only with METRICS_BY_BOT.',
    }),
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
      help: 'Requests that ingest did not take, by reason and by the bot they are of; bot_id is empty where no bot of ours is known, and "(other)" for bots over METRICS_BOT_LIMIT.',
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
      aggregator: 'max', // each process has the bound for itself
      registers,
    }),
    acknowledgeSeconds: new Histogram({
      name: ACKNOWLEDGE_METRIC,
      help: "Time from handing a request's messages over to the log's acknowledgement, waiting in the queue included; of acknowledged ones.",
      buckets: ACKNOWLEDGE_BUCKETS,
      registers,
    }),
    queuedMessages: new Gauge({
      name: 'hookpulse_ingest_queue_messages',
      help: 'Messages taken and not yet acknowledged by the event log. At 20,000 ingest answers 503.',
      aggregator: 'max', // each process has the bound for itself
      registers,
    }),
    queuedBytes: new Gauge({
      name: 'hookpulse_ingest_queue_bytes',
      help: 'Bytes of the messages taken and not yet acknowledged. At 64 MiB ingest answers 503.',
      aggregator: 'max', // each process has the bound for itself
      registers,
    }),
  };
}
