/** The broker of a test run: one that is given, one in a container, or one on the local Java. */
import { isDockerAnswering } from '../setup/docker.ts';
import { startContainerBroker } from './container-broker.ts';
import { startLocalBroker } from './local-broker.ts';
import { isKafkaAnswering } from './probe.ts';

export interface TestBroker {
  /** Addresses as `host:port`. */
  readonly brokers: readonly string[];
  close(): Promise<void>;
}

/** @throws MissingJavaError when the machine has none of them */
export async function startTestBroker(): Promise<TestBroker> {
  const given = process.env.KAFKA_BROKERS?.split(',') ?? [];
  if (given.length > 0) {
    if (!(await isKafkaAnswering(given))) throw new Error(`No Kafka answers at ${given.join()}`);
    return { brokers: given, close: async () => undefined };
  }
  if (await isDockerAnswering()) {
    try {
      return await startContainerBroker();
    } catch (error) {
      console.warn(`No Kafka in a container (${String(error)}); trying the local Java`);
    }
  }
  const broker = await startLocalBroker();
  return { brokers: [broker.address], close: () => broker.close() };
}
