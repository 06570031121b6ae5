/** Contract: members of a group share partitions, and lose them when others come. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { StaleAssignmentError } from '../event-log.ts';
import { type ContractContext, uniqueName } from './contract-context.ts';
import type { RecordingHandler } from './recording-handler.ts';
import { waitUntil } from './wait-until.ts';

const PARTITIONS = 4;
const ALL_PARTITIONS = [0, 1, 2, 3];

export function describeGroups(context: ContractContext): void {
  describe('consumer groups', () => {
    afterEach(() => context.closeConsumers());

    test('two members share the partitions, and the one that stays takes over', async () => {
      const topic = await context.createTopic({ partitions: PARTITIONS });
      const groupId = uniqueName('group');
      const first = await context.join(topic, { groupId });
      await waitUntil(() => first.handler.held.size === PARTITIONS);

      const second = await context.join(topic, { groupId });
      await waitUntil(() => first.handler.held.size === 2 && second.handler.held.size === 2);
      expect(held(first.handler, second.handler)).toEqual(ALL_PARTITIONS);
      const moved = first.handler.revocations.flat().map(({ partition }) => partition);
      for (const partition of second.handler.held) expect(moved).toContain(partition);

      await context.log.publish(someKeys(topic));
      await waitUntil(() => first.handler.messages.length + second.handler.messages.length >= KEYS);
      for (const { handler } of [first, second]) {
        for (const { partition } of handler.messages) expect(handler.held).toContain(partition);
      }

      expect(second.consumer.isMember).toBe(true);
      await second.consumer.close();
      expect(second.consumer.isMember).toBe(false);
      expect(second.handler.held.size).toBe(0);
      await waitUntil(() => first.handler.held.size === PARTITIONS);
    });

    test('a partition is revoked only after its batch, and its new owner starts at the commit', async () => {
      const topic = await context.createTopic({ partitions: PARTITIONS });
      const groupId = uniqueName('group');
      const first = await context.join(topic, { groupId });
      const running = new Set<number>();
      const overlaps: number[] = [];
      first.handler.beforeBatch = async (batch) => {
        running.add(batch.partition);
        await first.consumer.commit([
          { topic, partition: batch.partition, offset: (batch.messages.at(-1)?.offset ?? 0n) + 1n },
        ]);
        running.delete(batch.partition);
      };
      const onRevoked = first.handler.onRevoked.bind(first.handler);
      first.handler.onRevoked = async (partitions) => {
        overlaps.push(...partitions.map((p) => p.partition).filter((p) => running.has(p)));
        await onRevoked(partitions);
      };
      await context.log.publish(someKeys(topic));
      await waitUntil(() => first.handler.messages.length === KEYS);

      const second = await context.join(topic, { groupId });
      await waitUntil(() => second.handler.held.size === 2);
      await waitUntil(() => first.handler.held.size === 2);
      await context.log.publish(someKeys(topic));
      await waitUntil(
        () => first.handler.messages.length + second.handler.messages.length === 2 * KEYS,
      );
      expect(overlaps).toEqual([]);
      const places = [...first.handler.messages, ...second.handler.messages].map(
        ({ partition, offset }) => `${partition}/${offset}`,
      );
      expect(new Set(places).size).toBe(2 * KEYS);
    });

    test('a partition that stays with its member is not disturbed when another comes', async () => {
      const topic = await context.createTopic({ partitions: PARTITIONS });
      const groupId = uniqueName('group');
      const first = await context.join(topic, { groupId });
      await context.log.publish(someKeys(topic));
      await waitUntil(() => first.handler.messages.length === KEYS);
      const second = await context.join(topic, { groupId });
      await waitUntil(() => first.handler.held.size === 2 && second.handler.held.size === 2);
      const kept = new Set(first.handler.held);
      await context.log.publish(someKeys(topic));
      const keptPlaces = () =>
        first.handler.messages
          .filter(({ partition }) => kept.has(partition))
          .map(({ partition, offset }) => `${partition}/${offset}`);
      const ranges = await context.log.ranges(topic);
      const published = ranges
        .filter(({ partition }) => kept.has(partition))
        .reduce((sum, { endOffset }) => sum + Number(endOffset), 0);
      // Nothing was committed: what stays goes on where it was, and is neither revoked nor repeated.
      await waitUntil(() => keptPlaces().length >= published);
      expect(new Set(keptPlaces()).size).toBe(keptPlaces().length);
      for (const { partition } of first.handler.revocations.flat()) {
        expect(kept).not.toContain(partition);
      }
    });

    test('who lost a partition cannot commit or seek it', async () => {
      const topic = await context.createTopic({ partitions: PARTITIONS });
      const groupId = uniqueName('group');
      const first = await context.join(topic, { groupId });
      await waitUntil(() => first.handler.held.size === PARTITIONS);
      const second = await context.join(topic, { groupId });
      await waitUntil(() => first.handler.held.size === 2 && second.handler.held.size === 2);
      for (const partition of second.handler.held) {
        const position = { topic, partition, offset: 1n };
        await expect(first.consumer.commit([position])).rejects.toThrow(StaleAssignmentError);
        await expect(first.consumer.seek(position)).rejects.toThrow(StaleAssignmentError);
        await second.consumer.commit([position]);
      }
      for (const partition of first.handler.held) {
        await first.consumer.commit([{ topic, partition, offset: 1n }]);
      }
      await second.consumer.close();
      await expect(second.consumer.commit([{ topic, partition: 0, offset: 1n }])).rejects.toThrow(
        StaleAssignmentError,
      );
    });

    test('two groups each get everything', async () => {
      const topic = await context.createTopic({ partitions: PARTITIONS });
      const [one, other] = [await context.join(topic), await context.join(topic)];
      await context.log.publish(someKeys(topic));
      await waitUntil(() => one.handler.messages.length === KEYS);
      await waitUntil(() => other.handler.messages.length === KEYS);
    });

    test('a consumer goes on in a recreated topic, from its start', async () => {
      const topic = await context.createTopic();
      const { consumer, handler } = await context.join(topic);
      await context.log.publish([{ topic, key: 'key', value: 'before' }]);
      await waitUntil(() => handler.messages.length === 1);
      await consumer.commit([{ topic, partition: 0, offset: 1n }]);

      await context.harness.deleteTopic(topic);
      await context.log.ensureTopics([{ name: topic, partitions: 1, compacted: false }]);
      await context.log.publish([{ topic, key: 'key', value: 'after' }]);
      await waitUntil(() => handler.messages.length === 2);
      expect(handler.messages[1]).toMatchObject({ offset: 0n });
      expect(handler.values).toEqual(['before', 'after']);
    });

    test('closing waits for the batch under way, revokes, and may be called twice', async () => {
      const topic = await context.createTopic();
      const { consumer, handler } = await context.join(topic);
      const release = Promise.withResolvers<void>();
      let begun = 0;
      handler.beforeBatch = async () => {
        begun += 1;
        await release.promise;
      };
      await context.log.publish([{ topic, key: 'key', value: 'value' }]);
      await waitUntil(() => begun === 1);
      const closed = Promise.all([consumer.close(), consumer.close()]);
      // Time in which a consumer that does not wait would have revoked.
      const other = await context.join(await context.createTopic());
      await waitUntil(() => other.handler.held.size === 1);
      expect(handler.revocations).toEqual([]);
      release.resolve();
      await closed;
      expect(handler.messages).toHaveLength(1);
      expect(handler.revocations.flat()).toEqual([{ topic, partition: 0 }]);
    });
  });
}

const KEYS = 40;

function someKeys(topic: string): { topic: string; key: string; value: string }[] {
  return Array.from({ length: KEYS }, (_, index) => ({
    topic,
    key: `bot-${index}`,
    value: String(index),
  }));
}

function held(...handlers: readonly RecordingHandler[]): number[] {
  return handlers.flatMap((handler) => [...handler.held]).toSorted((one, other) => one - other);
}
