/** What the aggregator shows of itself. */
import { LabelledCounter } from '@hookpulse/service-kit/metrics/labelled-counter';
import {
  type ConsumerMetrics,
  consumerMetrics,
  type PublishMetrics,
  publishMetrics,
} from '@hookpulse/service-kit/metrics/metrics';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Why a message went to the dead-letter topic. */
const DEAD_LETTER_REASONS = [
  'no_value',
  'not_utf8',
  'not_json',
  'not_an_event',
  'not_storable',
] as const;

/** Up to the 30 s after which a request to the store is given up, seconds. */
const FLUSH_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
export const STORE_DELAY_METRIC = 'hookpulse_store_delay_seconds';
/** Around the two seconds within which an event is to be visible; beyond, outages, seconds. */
export const STORE_DELAY_BUCKETS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 3600];
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
      name: STORE_DELAY_METRIC,
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
