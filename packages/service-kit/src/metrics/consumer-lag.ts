/** How far a consumer is behind, in messages and in time, as the log has it when Prometheus looks. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type {
  EventLog,
  LogPosition,
  PartitionLag,
  TopicPartition,
} from '@hookpulse/event-log/event-log';
import type { ConsumerMetrics } from './metrics.ts';
import type { MetricsPage } from './metrics-page.ts';
import { oldestRecordAges } from './record-age.ts';

export interface ConsumerName {
  readonly group: string;
  readonly topic: string;
}

export interface LagSource {
  readonly log: Pick<EventLog, 'offsetsAt' | 'ranges'>;
  readonly clock: Clock;
  lag(): Promise<readonly PartitionLag[]>;
  /** The first offset of each partition that is not handled. Default: the first one not handed over. */
  handled?(held: readonly TopicPartition[]): Promise<readonly LogPosition[]>;
  /**
   * Log time of the oldest record of a partition that was handed over and is not handled yet,
   * milliseconds since the epoch; null: there is none. Default: there is none.
   */
  oldestHeldMs?(partition: number): number | null;
}

export function showLag(
  consumer: ConsumerName,
  metrics: Pick<ConsumerMetrics, 'lag' | 'oldestAgeSeconds'>,
  page: MetricsPage,
  source: LagSource,
): void {
  const { log, clock } = source;
  page.addSource('lag', {
    read: () => source.lag(),
    show(lags) {
      metrics.lag.reset(); // partitions that went to others
      for (const { partition, messages } of lags) {
        metrics.lag.set({ ...consumer, partition }, Number(messages));
      }
    },
    clear: () => metrics.lag.reset(),
  });
  page.addSource('oldest records', {
    async read() {
      const lags = await source.lag();
      const handled = await (source.handled?.(lags) ?? handedOver(log, consumer.topic, lags));
      const nowMs = clock.now();
      const ages = await oldestRecordAges(log, consumer.topic, handled, nowMs);
      return Array.from(ages, ([partition, seconds]) => {
        const heldMs = source.oldestHeldMs?.(partition) ?? nowMs;
        return { partition, seconds: Math.max(seconds, (nowMs - heldMs) / 1_000) };
      });
    },
    show(ages) {
      metrics.oldestAgeSeconds.reset();
      for (const { partition, seconds } of ages) {
        metrics.oldestAgeSeconds.set({ ...consumer, partition }, seconds);
      }
    },
    clear: () => metrics.oldestAgeSeconds.reset(),
  });
}

async function handedOver(
  log: Pick<EventLog, 'ranges'>,
  topic: string,
  lags: readonly PartitionLag[],
): Promise<readonly LogPosition[]> {
  const ends = new Map(
    (await log.ranges(topic)).map((range) => [range.partition, range.endOffset]),
  );
  return lags.map(({ partition, messages }) => ({
    topic,
    partition,
    offset: (ends.get(partition) ?? messages) - messages,
  }));
}
