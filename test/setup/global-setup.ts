/** Before a Jest run: finds or starts what the selected test files ask for. */
import { prepareLocalBroker } from '../kafka-broker/local-broker.ts';
import { startTestBroker, type TestBroker } from '../kafka-broker/test-broker.ts';
import {
  BROKERS_VARIABLE,
  LOCAL_BROKER_VARIABLE,
  NO_BROKERS_REASON_VARIABLE,
} from './kafka-variables.ts';
import { isSelectedTestNaming, type TestSelection } from './selected-tests.ts';

declare global {
  /** From the global setup to the global teardown, which run in one process. */
  var hookpulseTestBroker: TestBroker | undefined;
}

// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function globalSetup(selection: TestSelection): Promise<void> {
  if (await isSelectedTestNaming('describeWithKafka', selection)) {
    await orExplain(async () => {
      const broker = await startTestBroker();
      globalThis.hookpulseTestBroker = broker;
      process.env[BROKERS_VARIABLE] = broker.brokers.join();
    });
  }
  if (await isSelectedTestNaming('describeWithLocalKafka', selection)) {
    await orExplain(async () => {
      await prepareLocalBroker();
      process.env[LOCAL_BROKER_VARIABLE] = 'true';
    });
  }
}

/** What is missing fails a run in CI, and elsewhere skips the tests that need it. */
async function orExplain(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    console.warn(`Kafka tests are skipped. ${String(error)}`);
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    process.env[NO_BROKERS_REASON_VARIABLE] = reason;
  }
}
