/** A real broker with Hookpulse's topics, and the log on it, for benchmarks that fill it themselves. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { type LocalBroker, startLocalBroker } from '../../test/kafka-broker/local-broker.ts';

export interface BenchLog {
  readonly broker: LocalBroker;
  readonly log: EventLog;
  close(): Promise<void>;
}

/** A fill waits for the broker longer than ingest would. */
const PUBLISH_LIMIT_MS = 60_000;

/** @throws MissingJavaError */
export async function startBenchLog(): Promise<BenchLog> {
  const broker = await startLocalBroker();
  try {
    const settings = { brokers: [broker.address], ssl: false, sasl: null, clientId: 'bench' };
    const options = { publishLimitMs: PUBLISH_LIMIT_MS };
    const log = await openKafkaEventLog(settings, silentLogger, options);
    await log.ensureTopics(TOPIC_SPECS);
    return {
      broker,
      log,
      async close() {
        await log.close();
        await broker.close();
      },
    };
  } catch (error) {
    await broker.close();
    throw error;
  }
}
