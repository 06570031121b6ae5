/** A publisher that shows how long requests wait for the log. */
import type { IngestMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { Publisher } from './routes/publisher.ts';

/** To be put above the `MicroBatcher`: the waiting in its queue is part of what a sender waits. */
export function measureAcknowledging(
  publisher: Publisher,
  { acknowledgeSeconds }: Pick<IngestMetrics, 'acknowledgeSeconds'>,
): Publisher {
  return {
    publish(messages) {
      const startedMs = performance.now();
      return publisher
        .publish(messages)
        .then(() => acknowledgeSeconds.observe((performance.now() - startedMs) / 1_000));
    },
  };
}
