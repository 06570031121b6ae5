import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { describeWithKafka } from '../../../../test/setup/requirements.ts';
import type { EventLogHarness } from '../testing/contract-context.ts';
import { describeEventLogContract } from '../testing/event-log-contract.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { createKafkaClient } from './kafka-client.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

/** What is published is looked at, not how soon: a broker beside other tests may take its time. */
const PUBLISH_LIMIT_MS = 30_000;

describeWithKafka('Kafka', (brokers) => describeEventLogContract(() => createHarness(brokers)));

async function createHarness(brokers: readonly string[]): Promise<EventLogHarness> {
  const settings = { brokers, ssl: false, sasl: null, clientId: 'contract' };
  const logger = silentLogger;
  const admin = createKafkaClient(settings, logger).admin();
  await admin.connect();
  return {
    open: () => openKafkaEventLog(settings, logger, { publishLimitMs: PUBLISH_LIMIT_MS }),
    deleteTopic: async (topic) => {
      await admin.deleteTopics({ topics: [topic] });
      await waitUntil(async () => !(await admin.listTopics()).includes(topic));
    },
    close: () => admin.disconnect(),
  };
}
