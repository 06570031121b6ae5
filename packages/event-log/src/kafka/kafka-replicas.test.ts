/** Three brokers: what is acknowledged is on two of them, and is taken while two of them live. */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type LocalCluster,
  startLocalCluster,
} from '../../../../test/kafka-broker/local-cluster.ts';
import { describeWithLocalKafka } from '../../../../test/setup/requirements.ts';
import { type EventLog, LogUnavailableError } from '../event-log.ts';
import { uniqueName } from '../testing/contract-context.ts';
import { RecordingHandler } from '../testing/recording-handler.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { createKafkaClient } from './kafka-client.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

describeWithLocalKafka('Kafka on three brokers', (startBroker) => {
  let cluster: LocalCluster;
  let log: EventLog;

  beforeAll(async () => {
    cluster = await startLocalCluster(startBroker);
    log = await openKafkaEventLog(settings(), silentLogger);
  }, 120_000);

  afterAll(async () => {
    await log?.close();
    await cluster?.close();
  });

  function settings() {
    const { first, second, third } = cluster;
    const brokers = [first, second, third].map(({ address }) => address);
    return { brokers, ssl: false, sasl: null, clientId: 'replicas' };
  }

  async function isPublished(topic: string, value: string): Promise<boolean> {
    return log.publish([{ topic, key: 'key', value }]).then(
      () => true,
      () => false,
    );
  }

  test('one may be lost and nothing that was acknowledged with it; with two lost nothing is taken', async () => {
    const topic = uniqueName('topic');
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false }]);
    expect((await placesOf(topic)).replicas).toHaveLength(3);
    const handler = new RecordingHandler();
    const consumer = await log.consume({ groupId: uniqueName('group'), topics: [topic], handler });
    // A partition may still be looking for its leader.
    await waitUntil(() => isPublished(topic, 'on all'));

    await cluster.third.kill();
    await waitUntil(() => isPublished(topic, 'on two'));
    await waitUntil(() => handler.values.includes('on two'));

    await cluster.second.kill();
    // The first one leads alone now, and could store; it must not acknowledge.
    await waitUntil(() =>
      placesOf(topic).then(
        ({ isr }) => isr.length === 1,
        () => false,
      ),
    );
    await expect(log.publish([{ topic, key: 'key', value: 'on one' }])).rejects.toThrow(
      LogUnavailableError,
    );

    await cluster.second.restart();
    await waitUntil(() => isPublished(topic, 'on two again'));
    await waitUntil(() => handler.values.includes('on two again'));
    expect(handler.values[0]).toBe('on all');
    await consumer.close();
  }, 120_000);

  /** Which brokers hold the topic's partition, and which are in sync. Rejects when it asks a dead one. */
  async function placesOf(topic: string): Promise<{ replicas: number[]; isr: number[] }> {
    const { address } = cluster.first;
    const only = { ...settings(), brokers: [address] };
    const admin = createKafkaClient(only, silentLogger).admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const [partition] = topics[0]?.partitions ?? [];
      return partition ?? { replicas: [], isr: [] };
    } finally {
      await admin.disconnect();
    }
  }
});
