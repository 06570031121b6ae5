/** What operators and other programs do to topics behind the product's back. */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { createKafkaClient } from '@hookpulse/event-log/kafka/kafka-client';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';

export class KafkaByHand {
  readonly #kafka: Kafka;
  readonly #admin: Admin;

  private constructor(kafka: Kafka) {
    this.#kafka = kafka;
    this.#admin = kafka.admin();
  }

  static async connect(brokers: readonly string[]): Promise<KafkaByHand> {
    const settings = { brokers, ssl: false, sasl: null, clientId: 'by-hand' };
    const byHand = new KafkaByHand(createKafkaClient(settings, silentLogger));
    await byHand.#admin.connect();
    return byHand;
  }

  /** Resolves when the topic is gone. */
  async deleteTopic(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] });
    await until('the topic to be gone', async () => {
      return !(await this.#admin.listTopics()).includes(topic);
    });
  }

  /** Sets settings of a topic, and takes all others back that it had of its own. */
  async configure(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const { TOPIC } = kafkajs.ConfigResourceTypes;
    const resources = [{ type: TOPIC, name: topic, configEntries }];
    await this.#admin.alterConfigs({ validateOnly: false, resources });
  }

  async growTopic(topic: string, partitions: number): Promise<void> {
    await this.#admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
  }

  /** Moves a group that has no members; every partition to the same place. */
  async resetOffsets(groupId: string, topic: string, to: 'earliest' | 'latest'): Promise<void> {
    await this.#admin.resetOffsets({ groupId, topic, earliest: to === 'earliest' });
  }

  /** Which member has which partitions, as a text that changes when that does. */
  async ownersOf(groupId: string): Promise<string> {
    const { groups } = await this.#admin.describeGroups([groupId]);
    const owners = groups.flatMap(({ members }) =>
      members.map(({ memberId, memberAssignment }) => [memberId, memberAssignment.toString('hex')]),
    );
    return JSON.stringify(owners.toSorted());
  }

  /** As retention does, at once: all that the topic holds now is gone, and its offsets go on. */
  async deleteAllRecords(topic: string): Promise<void> {
    const ends = await this.#admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await this.#admin.deleteTopicRecords({ topic, partitions });
  }

  /** A member of another program, that takes what it is given and stores nothing. */
  async joinGroup(groupId: string, topic: string): Promise<() => Promise<void>> {
    const consumer = this.#kafka.consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
    await joined;
    return () => consumer.disconnect();
  }

  /** Sends what the product itself would not. */
  async send(topic: string, key: string, value: string): Promise<void> {
    const producer = this.#kafka.producer();
    await producer.connect();
    try {
      await producer.send({ topic, messages: [{ key, value }] });
    } finally {
      await producer.disconnect();
    }
  }

  /** Appends to every partition, after which a segment that is older than `segment.ms` takes no more. */
  async closeSegments(topic: string): Promise<void> {
    const partitions = await this.#admin.fetchTopicOffsets(topic);
    const producer = this.#kafka.producer();
    await producer.connect();
    try {
      const messages = partitions.map(({ partition }) => ({
        partition,
        key: 'by-hand',
        value: null,
      }));
      await producer.send({ topic, messages });
    } finally {
      await producer.disconnect();
    }
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }
}
