/** A broker that can be cut off, forwarders as operators run them, and the log for whoever fills and reads it. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import type { LocalBroker } from '../kafka-broker/local-broker.ts';
import { startBrokerBehindProxy } from '../support/broker-behind-proxy.ts';
import { ServiceProcess } from '../support/service-process.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

export interface ForwardingSystem {
  readonly broker: LocalBroker;
  /** Between the broker and everybody. */
  readonly kafka: TcpProxy;
  readonly log: EventLog;
  readonly forwarders: readonly ServiceProcess[];
  close(): Promise<void>;
}

const FORWARDERS = 3;
/** The broker may be away for a minute. */
const PUBLISH_LIMIT_MS = 120_000;

/** Resolves when the forwarders are ready. */
export async function startForwardingSystem(): Promise<ForwardingSystem> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const { broker, proxy: kafka, close: closeBroker } = await startBrokerBehindProxy();
    closers.push(closeBroker);
    const settings = { brokers: [kafka.address], ssl: false, sasl: null, clientId: 'chaos' };
    const log = await openKafkaEventLog(settings, silentLogger, {
      publishLimitMs: PUBLISH_LIMIT_MS,
    });
    closers.push(() => log.close());
    await log.ensureTopics(TOPIC_SPECS);
    const forwarders = await Promise.all(
      Array.from({ length: FORWARDERS }, () =>
        ServiceProcess.create('forwarder', { KAFKA_BROKERS: kafka.address, LOG_LEVEL: 'warn' }),
      ),
    );
    for (const forwarder of forwarders) {
      closers.push(() => forwarder.stop('SIGKILL'));
      forwarder.start();
    }
    await Promise.all(forwarders.map((forwarder) => forwarder.ready()));
    return { broker, kafka, log, forwarders, close };
  } catch (error) {
    await close();
    throw error;
  }
}
