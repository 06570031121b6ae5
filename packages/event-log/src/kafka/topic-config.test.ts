import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { describeWithKafka } from '../../../../test/setup/requirements.ts';
import { uniqueName } from '../testing/contract-context.ts';
import { createKafkaClient } from './kafka-client.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';
import { topicConfig } from './topic-config.ts';

test.each([
  [1, 1, '1'],
  [2, 2, '1'],
  [3, 3, '2'],
  [12, 3, '2'],
])(
  'of %i brokers %i hold a topic, and %s must have a message before it is acknowledged',
  (brokerCount, replicationFactor, minInSyncReplicas) => {
    const spec = { name: 'topic', partitions: 12, compacted: false };
    const config = topicConfig(spec, brokerCount);
    expect(config).toMatchObject({ topic: 'topic', numPartitions: 12, replicationFactor });
    expect(config.configEntries).toContainEqual({
      name: 'min.insync.replicas',
      value: minInSyncReplicas,
    });
  },
);

test('a topic may be kept for longer than others', () => {
  const spec = { name: 'topic', partitions: 1, compacted: false, retentionDays: 90 };
  expect(topicConfig(spec, 1).configEntries).toContainEqual({
    name: 'retention.ms',
    value: '7776000000',
  });
});

test.each([
  [{ compacted: true }, 'compact'],
  [{ compacted: false, retentionDays: 90 }, 'delete'],
  [{ compacted: true, retentionDays: 90 }, 'compact,delete'],
])('of %j the cleanup policy is %s', (settings, value) => {
  const { configEntries } = topicConfig({ name: 'topic', partitions: 1, ...settings }, 1);
  expect(configEntries).toContainEqual({ name: 'cleanup.policy', value });
});

describeWithKafka('A topic that was made', (brokers) => {
  test.each([
    [true, 'compact'],
    [false, 'delete'],
  ])('has its settings (compacted: %s)', async (compacted, policy) => {
    const settings = { brokers, ssl: false, sasl: null, clientId: 'topic-config' };
    const logger = silentLogger;
    const log = await openKafkaEventLog(settings, logger);
    const admin = createKafkaClient(settings, logger).admin();
    await admin.connect();
    try {
      const name = uniqueName('topic');
      await log.ensureTopics([{ name, partitions: 1, compacted }]);
      const { resources } = await admin.describeConfigs({
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
        includeSynonyms: false,
      });
      const entries = resources.flatMap(({ configEntries }) => configEntries);
      const inForce = Object.fromEntries(
        entries.map(({ configName, configValue }) => [configName, configValue]),
      );
      expect(inForce).toMatchObject({
        'cleanup.policy': policy,
        'message.timestamp.type': 'LogAppendTime',
        'min.insync.replicas': '1',
      });
    } finally {
      await admin.disconnect();
      await log.close();
    }
  });
});
