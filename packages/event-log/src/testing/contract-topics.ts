/** Contract: topics come into being, are found, are recreated; positions by offset and by time. */
import { describe, expect, test } from '@jest/globals';
import { UnknownTopicError } from '../event-log.ts';
import { type ContractContext, numbered, uniqueName } from './contract-context.ts';
import { RecordingHandler } from './recording-handler.ts';
import { waitUntil } from './wait-until.ts';

export function describeTopics(context: ContractContext): void {
  describe('topics', () => {
    test('the log answers', async () => {
      await expect(context.log.ping()).resolves.toBeUndefined();
    });

    test('a topic is created with its partitions, empty', async () => {
      const topic = await context.createTopic({ partitions: 3 });
      expect(await context.log.ranges(topic)).toEqual(
        [0, 1, 2].map((partition) => ({ topic, partition, startOffset: 0n, endOffset: 0n })),
      );
    });

    test('a topic that exists is left as it is', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      await context.log.publish(numbered(topic, 3));
      const before = await context.log.ranges(topic);
      await context.log.ensureTopics([{ name: topic, partitions: 5, compacted: true }]);
      expect(await context.log.ranges(topic)).toEqual(before);
    });

    test('an unknown topic is named as such', async () => {
      const topic = uniqueName('missing');
      const { log } = context;
      const handler = new RecordingHandler();
      await expect(log.ranges(topic)).rejects.toThrow(UnknownTopicError);
      await expect(log.offsetsAt(topic, 0)).rejects.toThrow(UnknownTopicError);
      await expect(log.partitionFor(topic, 'key')).rejects.toThrow(UnknownTopicError);
      await expect(log.committed('group', topic)).rejects.toThrow(UnknownTopicError);
      await expect(log.publish(numbered(topic, 1))).rejects.toThrow(UnknownTopicError);
      await expect(
        log.consume({ groupId: uniqueName('group'), topics: [topic], handler }),
      ).rejects.toThrow(UnknownTopicError);
      await expect(log.follow({ topic, onMessage: () => undefined })).rejects.toThrow(
        UnknownTopicError,
      );
    });

    test('the range grows with what is published', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 7));
      expect(await context.log.ranges(topic)).toEqual([
        { topic, partition: 0, startOffset: 0n, endOffset: 7n },
      ]);
    });

    test('a recreated topic begins at offset 0 and knows no commits', async () => {
      const topic = await context.createTopic();
      const groupId = uniqueName('group');
      const { consumer, handler } = await context.join(topic, { groupId });
      await context.log.publish(numbered(topic, 5));
      await waitUntil(() => handler.messages.length === 5);
      await consumer.commit([{ topic, partition: 0, offset: 5n }]);
      await consumer.close();

      await context.harness.deleteTopic(topic);
      await expect(context.log.ranges(topic)).rejects.toThrow(UnknownTopicError);
      await context.log.ensureTopics([{ name: topic, partitions: 1, compacted: false }]);
      await context.log.publish(numbered(topic, 2));

      expect(await context.log.ranges(topic)).toEqual([
        { topic, partition: 0, startOffset: 0n, endOffset: 2n },
      ]);
      expect(await context.log.committed(groupId, topic)).toEqual([]);
      const again = await context.join(topic, { groupId });
      await waitUntil(() => again.handler.messages.length === 2);
      expect(again.handler.messages.map(({ offset }) => offset)).toEqual([0n, 1n]);
      await again.consumer.close();
    });

    test('a position is found by log time', async () => {
      const topic = await context.createTopic();
      const { handler } = await context.join(topic);
      await context.log.publish(numbered(topic, 10));
      await waitUntil(() => handler.messages.length === 10);
      const earlierMs = handler.messages.at(-1)?.timestampMs ?? 0;
      await waitUntil(() => Date.now() > earlierMs);
      await context.log.publish(numbered(topic, 10));
      await waitUntil(() => handler.messages.length === 20);
      const laterMs = handler.messages[10]?.timestampMs ?? 0;
      expect(laterMs).toBeGreaterThan(earlierMs);

      const at = (offset: bigint) => [{ topic, partition: 0, offset }];
      expect(await context.log.offsetsAt(topic, 0)).toEqual(at(0n));
      expect(await context.log.offsetsAt(topic, earlierMs + 1)).toEqual(at(10n));
      expect(await context.log.offsetsAt(topic, laterMs)).toEqual(at(10n));
      const lastMs = handler.messages.at(-1)?.timestampMs ?? 0;
      expect(await context.log.offsetsAt(topic, lastMs + 1)).toEqual(at(20n));
      await context.closeConsumers();
    });

    test('an empty topic has its end for any time', async () => {
      const topic = await context.createTopic();
      expect(await context.log.offsetsAt(topic, 0)).toEqual([{ topic, partition: 0, offset: 0n }]);
    });
  });
}
