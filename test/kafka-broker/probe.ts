/** Whether Kafka answers: its metadata names a broker that is ready to lead partitions. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { quietRequestQueue } from '@hookpulse/event-log/kafka/kafkajs-repairs';
import { Kafka, logLevel } from 'kafkajs';

const CONNECTION_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 2_000;

export async function isKafkaAnswering(brokers: readonly string[]): Promise<boolean> {
  // A broker that starts is asked many times, and a client costs a hundred times as much as a connection.
  const listening = await Promise.all(brokers.map(isListening));
  if (!listening.includes(true)) return false;
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

/** @param broker - `host:port` */
export async function isListening(broker: string): Promise<boolean> {
  const [, host, port] = /^(.*):(\d+)$/.exec(broker) ?? [];
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECTION_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
