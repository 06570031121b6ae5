/** Whether Kafka answers: its metadata names a broker that is ready to lead partitions. */
import { quietRequestQueue } from '@hookpulse/event-log/kafka/kafkajs-repairs';
import { Kafka, logLevel } from 'kafkajs';

const CONNECTION_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 2_000;

export async function isKafkaAnswering(brokers: readonly string[]): Promise<boolean> {
  quietRequestQueue();
  const kafka = new Kafka({
    clientId: 'hookpulse-probe',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
