/** A real Apache Kafka broker in a container, for tests on machines with a Docker engine. */
import { GenericContainer } from 'testcontainers';
import { imageOf } from '../setup/images.ts';
import { freePort } from './free-port.ts';
import type { TestBroker } from './test-broker.ts';

const BROKER_PORT = 9092;

/** Resolves when the broker says that it has started. It goes with this process, killed or not. */
export async function startContainerBroker(): Promise<TestBroker> {
  // Clients are sent to the advertised address, so the port outside is chosen before the start.
  const port = await freePort();
  const container = await new GenericContainer(imageOf('kafka'))
    .withExposedPorts({ container: BROKER_PORT, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${BROKER_PORT},CONTROLLER://0.0.0.0:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    })
    .start();
  return {
    brokers: [`${container.getHost()}:${port}`],
    close: async () => {
      await container.stop();
    },
  };
}
