/** Topics that operators delete, or set so that they do not take what is written to them. */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { describeWithKafka } from '../../../../test/setup/requirements.ts';
import {
  type Consumer,
  type EventLog,
  type Follower,
  LogBlockedError,
  type LogMessage,
  LogUnavailableError,
  MessageTooLargeError,
} from '../event-log.ts';
import { MicroBatcher } from '../micro-batcher.ts';
import { partitionForKey } from '../murmur2.ts';
import { numbered, uniqueName } from '../testing/contract-context.ts';
import { RecordingHandler, textOf } from '../testing/recording-handler.ts';
import { createKafkaClient } from './kafka-client.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';
import { readTopicLayouts } from './topic-layout.ts';

const PUBLISH_LIMIT_MS = 30_000;

describeWithKafka('a topic', (brokers) => {
  const settings = { brokers, ssl: false, sasl: null, clientId: 'changed-topics' };
  const logger = silentLogger;
  let log: EventLog;
  let admin: Admin;
  const readers: (Consumer | Follower)[] = [];

  beforeAll(async () => {
    log = await openKafkaEventLog(settings, logger, { publishLimitMs: PUBLISH_LIMIT_MS });
    admin = createKafkaClient(settings, logger).admin();
    await admin.connect();
  });

  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
  });

  afterAll(async () => {
    await admin?.disconnect();
    await log?.close();
  });

  async function createTopic(): Promise<string> {
    const name = uniqueName('changed');
    await log.ensureTopics([{ name, partitions: 2, compacted: false }]);
    return name;
  }

  test('is asked for its ends with many others at once, by a log that knew none of them', async () => {
    const topics = await Promise.all(Array.from({ length: 8 }, createTopic));
    const fresh = await openKafkaEventLog(settings, logger);
    try {
      const ranges = await Promise.all(topics.map((topic) => fresh.ranges(topic)));
      expect(ranges.flat()).toHaveLength(2 * topics.length);
    } finally {
      await fresh.close();
    }
  });

  test('that was deleted is made again by who writes, and read from its start by who reads', async () => {
    const topic = await createTopic();
    const handler = new RecordingHandler();
    const groupId = uniqueName('group');
    readers.push(await log.consume({ groupId, topics: [topic], handler }));
    const followed: (string | null)[] = [];
    const onMessage = (message: Parameters<typeof textOf>[0]) => followed.push(textOf(message));
    readers.push(await log.follow({ topic, onMessage }));
    await log.publish(numbered(topic, 3));
    await until('the messages', () => handler.values.length === 3 && followed.length === 3);
    await admin.deleteTopics({ topics: [topic] });
    const value = 'of its next life';
    await until('the topic to be there again', () =>
      log.publish([{ topic, key: 'key', value }]).then(
        () => true,
        (error) => {
          // Ingest answers it with 503; another error would be a fault of ours.
          expect(error).toBeInstanceOf(LogUnavailableError);
          return false;
        },
      ),
    );
    await until('it to be read', () => handler.values.includes(value) && followed.includes(value));
    expect(await log.ranges(topic)).toHaveLength(2);
  });

  test('that was deleted is made again by who reads alone', async () => {
    const topic = await createTopic();
    const handler = new RecordingHandler();
    readers.push(await log.consume({ groupId: uniqueName('group'), topics: [topic], handler }));
    await log.publish(numbered(topic, 1));
    await until('the message', () => handler.values.length === 1);
    await admin.deleteTopics({ topics: [topic] });
    await until('the topic to be there again', () =>
      log.ranges(topic).then(
        () => true,
        () => false,
      ),
    );
  });

  async function takeAtMost(topic: string, bytes: number): Promise<void> {
    const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
    const { TOPIC } = kafkajs.ConfigResourceTypes;
    const resources = [{ type: TOPIC, name: topic, configEntries }];
    await admin.alterConfigs({ validateOnly: false, resources });
  }

  test('that takes small messages alone names the setting to the caller that is refused', async () => {
    const topic = await createTopic();
    await takeAtMost(topic, 2_000);
    const handler = new RecordingHandler();
    readers.push(await log.consume({ groupId: uniqueName('group'), topics: [topic], handler }));
    // Together they are too large, and each of them is not.
    const value = 'x'.repeat(900);
    await log.publish(Array.from({ length: 10 }, () => ({ topic, key: 'key', value })));
    await until('all of them', () => handler.values.length === 10);
    await log.ping();
    const refused = log.publish([{ topic, key: 'key', value: 'x'.repeat(5_000) }]);
    const sentence = `topic ${topic} does not take 5000 bytes; raise its max.message.bytes`;
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toBeInstanceOf(MessageTooLargeError);
    const ping = log.ping();
    await expect(ping).rejects.toBeInstanceOf(LogBlockedError);
    await expect(ping).rejects.toThrow(sentence);
    expect(await readTopicLayouts(settings, [topic], logger)).toMatchObject([
      { topic, maxMessageBytes: 2_000 },
    ]);
  });

  test('that refuses a message for its size has everything else once and in order', async () => {
    const [topic, other] = [await createTopic(), await createTopic()];
    await takeAtMost(topic, 2_000);
    const tooLarge = { topic, key: 'bot-3', value: 'x'.repeat(5_000) };
    const sent = Array.from({ length: 40 }, (_, index) => ({
      topic: index % 4 === 0 ? other : topic,
      key: `bot-${index % 8}`,
      value: `${index}`.padStart(200),
    }));
    const batcher = new MicroBatcher(log);
    const all = sent.toSpliced(20, 0, tooLarge);
    const results = await Promise.allSettled(all.map((message) => batcher.publish([message])));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { refused: [tooLarge] } }]);
    for (const name of [topic, other]) {
      const seen: LogMessage[] = [];
      const onMessage = (message: LogMessage) => seen.push(message);
      const follower = await log.follow({ topic: name, onMessage });
      readers.push(follower);
      await follower.caughtUp;
      const byKey = (messages: readonly { key: string | null; value: unknown }[]) =>
        Object.groupBy(messages, ({ key }) => key ?? '');
      const read = seen.map((message) => ({ key: message.key, value: textOf(message) }));
      const expected = sent.flatMap(({ topic: to, key, value }) =>
        to === name ? [{ key, value }] : [],
      );
      expect(byKey(read)).toEqual(byKey(expected));
    }
  });

  test('that was given more partitions has each message once, in the partition of its key', async () => {
    const [topic, ...others] = [await createTopic(), await createTopic(), await createTopic()];
    await log.publish(numbered(topic, 1));
    await admin.createPartitions({ topicPartitions: [{ topic, count: 7 }] });
    // Before they have leaders a publish is tried again, and others have theirs twice.
    await until('leaders', async () => (await admin.fetchTopicOffsets(topic)).length === 7);
    const sent = Array.from({ length: 40 }, (_, index) => ({
      topic,
      key: `bot-${index % 20}`,
      value: `${index}`,
    }));
    // With a topic that is new to it the client asks for the partitions of all, the grown one too.
    await Promise.all(
      others.map((other, half) =>
        log.publish([...numbered(other, 1), ...sent.slice(half * 20, (half + 1) * 20)]),
      ),
    );
    const seen: LogMessage[] = [];
    const follower = await log.follow({ topic, onMessage: (message) => seen.push(message) });
    readers.push(follower);
    await follower.caughtUp;
    const placeOf = ({
      key,
      partition,
      value,
    }: {
      key: string | null;
      partition: number;
      value: unknown;
    }) => `${key} ${partition} ${value}`;
    const read = seen
      .filter(({ key }) => key?.startsWith('bot-'))
      .map((message) => placeOf({ ...message, value: textOf(message) }));
    const expected = sent.map((message) =>
      placeOf({ ...message, partition: partitionForKey(message.key, 7) }),
    );
    expect(read.toSorted()).toEqual(expected.toSorted());
  });
});
