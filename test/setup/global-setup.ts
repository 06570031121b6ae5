/** Before a Jest run: starts one Kafka broker for all test files, if one of them asks for it. */
import { startTestBroker, type TestBroker } from '../kafka-broker/test-broker.ts';
import { BROKERS_VARIABLE, NO_BROKERS_REASON_VARIABLE } from './kafka-variables.ts';
import { isSelectedTestNaming, type TestSelection } from './selected-tests.ts';

declare global {
  /** From the global setup to the global teardown, which run in one process. */
  var hookpulseTestBroker: TestBroker | undefined;
}

// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function globalSetup(selection: TestSelection): Promise<void> {
  if (!(await isSelectedTestNaming('describeWithKafka', selection))) return;
  try {
    const broker = await startTestBroker();
    globalThis.hookpulseTestBroker = broker;
    process.env[BROKERS_VARIABLE] = broker.brokers.join();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    console.warn(`Kafka tests are skipped. ${String(error)}`);
    process.env[NO_BROKERS_REASON_VARIABLE] = reason;
  }
}
