/** Contract: how a consumer is handed messages: where it starts, how fast, and how often. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { LogBatch, LogPosition } from '../event-log.ts';
import { type ContractContext, numbered, numbers, uniqueName } from './contract-context.ts';
import { RecordingHandler } from './recording-handler.ts';
import { waitUntil } from './wait-until.ts';

export function describeConsuming(context: ContractContext): void {
  describe('consuming', () => {
    afterEach(() => context.closeConsumers());

    test('batches are consecutive, bounded, and know the end', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 25));
      const { handler } = await context.join(topic, { maxBatchMessages: 10 });
      await waitUntil(() => handler.messages.length === 25);
      let expected = 0n;
      for (const batch of handler.batches) {
        expect(batch.messages.length).toBeGreaterThan(0);
        expect(batch.messages.length).toBeLessThanOrEqual(10);
        for (const { offset } of batch.messages) {
          expect(offset).toBe(expected);
          expected += 1n;
        }
        expect(batch.endOffset).toBe(25n);
      }
    });

    test('what is published later arrives without asking', async () => {
      const topic = await context.createTopic();
      const { handler } = await context.join(topic);
      for (const value of numbers(5)) {
        await context.log.publish([{ topic, key: 'key', value }]);
        await waitUntil(() => handler.values.at(-1) === value);
      }
      expect(handler.values).toEqual(numbers(5));
    });

    test('uncommitted messages come again, committed ones do not', async () => {
      const topic = await context.createTopic();
      const groupId = uniqueName('group');
      await context.log.publish(numbered(topic, 10));
      const crashed = await context.join(topic, { groupId });
      await waitUntil(() => crashed.handler.messages.length === 10);
      await crashed.consumer.commit([{ topic, partition: 0, offset: 4n }]);
      await crashed.consumer.close();

      const successor = await context.join(topic, { groupId });
      await waitUntil(() => successor.handler.messages.length === 6);
      expect(successor.handler.values).toEqual(numbers(10).slice(4));
    });

    test('committed() knows the commits of one group, also after a restart', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      const groupId = uniqueName('group');
      const { consumer, handler } = await context.join(topic, { groupId });
      await waitUntil(() => handler.held.size === 2);
      expect(await context.log.committed(groupId, topic)).toEqual([]);
      await consumer.commit([{ topic, partition: 1, offset: 3n }]);
      await consumer.commit([{ topic, partition: 1, offset: 7n }]);
      const expected = [{ topic, partition: 1, offset: 7n }];
      expect(await context.log.committed(groupId, topic)).toEqual(expected);
      expect(await context.log.committed(uniqueName('group'), topic)).toEqual([]);
      await context.reopen();
      expect(await context.log.committed(groupId, topic)).toEqual(expected);
    });

    test('nothing is delivered before onAssigned has answered, then from its positions', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      const keys = await keysOfPartitions(topic, 2);
      await context.log.publish(keys.flatMap((key) => numbered(topic, 4, key)));
      const handler = new RecordingHandler();
      const answer = Promise.withResolvers<LogPosition[]>();
      handler.startAt = () => answer.promise;
      await context.join(topic, {}, handler);
      await waitUntil(() => handler.assignments.length === 1);
      // Another consumer shows that messages flow meanwhile.
      const witness = await context.join(topic);
      await waitUntil(() => witness.handler.messages.length === 8);
      expect(handler.batches).toEqual([]);

      answer.resolve([{ topic, partition: 1, offset: 3n }]);
      await waitUntil(() => handler.messages.length === 5);
      const offsets = (partition: number) =>
        handler.messages.filter((message) => message.partition === partition).map((m) => m.offset);
      expect(offsets(0)).toEqual([0n, 1n, 2n, 3n]);
      expect(offsets(1)).toEqual([3n]);
    });

    test('a rejected onAssigned is tried again', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 3));
      const handler = new RecordingHandler();
      handler.startAt = async () => {
        if (handler.assignments.length === 1) throw new Error('the store is away');
        return [{ topic, partition: 0, offset: 1n }];
      };
      await context.join(topic, {}, handler);
      await waitUntil(() => handler.messages.length === 2);
      expect(handler.values).toEqual(['1', '2']);
    });

    test('a position outside of what is held becomes the first offset held', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 3));
      const handler = new RecordingHandler();
      handler.startAt = async () => [{ topic, partition: 0, offset: 1_000n }];
      await context.join(topic, {}, handler);
      await waitUntil(() => handler.messages.length === 3);
      expect(handler.values).toEqual(numbers(3));
    });

    test('a batch that is not done holds back its partition, and no other', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      const [slow = '', fast = ''] = await keysOfPartitions(topic, 2);
      const handler = new RecordingHandler();
      const release = Promise.withResolvers<void>();
      const begun: LogBatch[] = [];
      handler.beforeBatch = async (batch) => {
        if (batch.partition !== 0) return;
        begun.push(batch);
        await release.promise;
      };
      await context.join(topic, {}, handler);
      await context.log.publish(numbered(topic, 1, slow));
      await waitUntil(() => begun.length === 1);
      await context.log.publish([...numbered(topic, 5, slow), ...numbered(topic, 5, fast)]);
      await waitUntil(() => handler.messages.length === 5);
      expect(begun).toHaveLength(1);
      release.resolve();
      await waitUntil(() => handler.messages.length === 11);
    });

    test('a rejected batch comes again, as it was, before anything after it', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 5));
      const handler = new RecordingHandler();
      const tried: string[] = [];
      handler.beforeBatch = async (batch) => {
        tried.push(batch.messages.map(({ offset }) => offset).join());
        if (tried.length <= 2) throw new Error('the store is away');
      };
      await context.join(topic, { maxBatchMessages: 3 }, handler);
      await waitUntil(() => handler.messages.length === 5);
      expect(tried.slice(0, 3)).toEqual(['0,1,2', '0,1,2', '0,1,2']);
      expect(handler.values).toEqual(numbers(5));
    });

    test('seek goes back and forth', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 5));
      const { consumer, handler } = await context.join(topic);
      await waitUntil(() => handler.messages.length === 5);
      await consumer.seek({ topic, partition: 0, offset: 3n });
      await waitUntil(() => handler.messages.length === 7);
      expect(handler.values.slice(5)).toEqual(['3', '4']);
    });

    test('seek within a batch takes effect with the next one', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 6));
      const handler = new RecordingHandler();
      const member = Promise.withResolvers<Awaited<ReturnType<ContractContext['join']>>>();
      let seeks = 0;
      handler.beforeBatch = async () => {
        if (seeks > 0) return;
        seeks += 1;
        await (await member.promise).consumer.seek({ topic, partition: 0, offset: 4n });
      };
      member.resolve(await context.join(topic, { maxBatchMessages: 2 }, handler));
      await waitUntil(() => handler.values.at(-1) === '5');
      expect(handler.values).toEqual(['0', '1', '4', '5']);
    });

    test('a paused partition is silent until it is resumed, others go on', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      const keys = await keysOfPartitions(topic, 2);
      const { consumer, handler } = await context.join(topic);
      await waitUntil(() => handler.held.size === 2);
      await context.log.publish(keys.flatMap((key) => numbered(topic, 1, key)));
      await waitUntil(() => handler.messages.length === 2);
      consumer.pause([{ topic, partition: 0 }]);
      await context.log.publish(keys.flatMap((key) => numbered(topic, 3, key)));
      await waitUntil(() => handler.messages.length === 5);
      expect(handler.messages.filter(({ partition }) => partition === 0)).toHaveLength(1);
      consumer.resume([{ topic, partition: 0 }]);
      await waitUntil(() => handler.messages.length === 8);
    });

    test('lag counts what was not handed over', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      const [key = ''] = await keysOfPartitions(topic, 1);
      await context.log.publish(numbered(topic, 8, key));
      const { consumer, handler } = await context.join(topic);
      await waitUntil(() => handler.messages.length === 8);
      const lag = async () =>
        new Map((await consumer.lag()).map(({ partition, messages }) => [partition, messages]));
      expect(await lag()).toEqual(
        new Map([
          [0, 0n],
          [1, 0n],
        ]),
      );
      consumer.pause([{ topic, partition: 0 }]);
      await context.log.publish(numbered(topic, 5, key));
      await waitUntil(async () => (await lag()).get(0) === 5n);
      consumer.resume([{ topic, partition: 0 }]);
      await waitUntil(async () => (await lag()).get(0) === 0n);
    });

    /** For each of the first partitions a key that goes there. */
    async function keysOfPartitions(topic: string, partitions: number): Promise<string[]> {
      const keys = new Map<number, string>();
      for (let candidate = 0; keys.size < partitions; candidate += 1) {
        const key = `bot-${candidate}`;
        const partition = await context.log.partitionFor(topic, key);
        if (partition < partitions && !keys.has(partition)) keys.set(partition, key);
      }
      return Array.from({ length: partitions }, (_, partition) => keys.get(partition) ?? '');
    }
  });
}
