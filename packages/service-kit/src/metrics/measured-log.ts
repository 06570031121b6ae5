/** The log with the times of its publishing shown, and its failures known to readiness. */
import { type EventLog, MessageTooLargeError } from '@hookpulse/event-log/event-log';
import type { EngineHealth } from './engine-health.ts';
import type { PublishMetrics } from './metrics.ts';

export interface PublishTelemetry {
  readonly metrics: PublishMetrics;
  readonly health: EngineHealth;
}

/** To be put below a `MicroBatcher`, where a publish is a batch and not a request. */
export function measurePublishing(
  log: Pick<EventLog, 'publish'>,
  { metrics, health }: PublishTelemetry,
): Pick<EventLog, 'publish'> {
  const acknowledged = metrics.publishSeconds.labels('acknowledged');
  const failed = metrics.publishSeconds.labels('failed');
  return {
    async publish(messages) {
      const call = health.begin();
      const startedMs = performance.now();
      try {
        await log.publish(messages);
        health.succeeded(call);
        acknowledged.observe((performance.now() - startedMs) / 1_000);
      } catch (error) {
        // Refused for what it is, whatever the log can do.
        if (error instanceof MessageTooLargeError) health.ended(call);
        else health.failed(call);
        failed.observe((performance.now() - startedMs) / 1_000);
        throw error;
      }
    },
  };
}

/** The whole log, with its publishing measured. */
export function measureLog(log: EventLog, telemetry: PublishTelemetry): EventLog {
  return {
    ...measurePublishing(log, telemetry),
    ensureTopics: (specs) => log.ensureTopics(specs),
    consume: (options) => log.consume(options),
    follow: (options) => log.follow(options),
    ranges: (topic) => log.ranges(topic),
    offsetsAt: (topic, timestampMs) => log.offsetsAt(topic, timestampMs),
    committed: (groupId, topic) => log.committed(groupId, topic),
    partitionFor: (topic, key) => log.partitionFor(topic, key),
    ping: () => log.ping(),
    purge: () => log.purge(),
    close: () => log.close(),
  };
}
