/** What the forwarder shows of itself. */
import { LabelledCounter } from '@hookpulse/service-kit/metrics/labelled-counter';
import {
  type ConsumerMetrics,
  consumerMetrics,
  type PublishMetrics,
  publishMetrics,
} from '@hookpulse/service-kit/metrics/metrics';
import { Counter, Gauge, Registry } from 'prom-client';

export interface ForwarderMetrics extends PublishMetrics, ConsumerMetrics {
  readonly attempts: LabelledCounter<'delivered' | 'failed'>;
  readonly expired: Counter;
  readonly unreadable: Counter;
  readonly heldUpdates: Gauge;
  readonly heldBytes: Gauge;
  readonly backlog: Gauge;
  readonly oldestUpdateSeconds: Gauge;
  readonly bots: Gauge<'state'>;
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
    unreadable: new Counter({
      name: 'hookpulse_forward_unreadable_total',
      help: 'Messages of telegram.updates that are no updates, and went to webhook.events.dlq.',
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
    oldestUpdateSeconds: new Gauge({
      name: 'hookpulse_forward_oldest_update_age_seconds',
      help: 'Age of the oldest update that waits for its bot, over all bots of this forwarder; 0: none waits.',
      registers,
    }),
    bots: new Gauge({
      name: 'hookpulse_forward_bots',
      help: 'Bots with updates that this forwarder has or had lately, by state: delivering, failing, paused.',
      labelNames: ['state'],
      registers,
    }),
    inFlight: new Gauge({
      name: 'hookpulse_forward_in_flight_requests',
      help: 'Requests to bots that are not answered, or whose outcome the log has not acknowledged.',
      registers,
    }),
  };
}
