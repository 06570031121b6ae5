/** Contract: a topic read from its start or given places, until caught up, and then live. */
import { describe, expect, test } from '@jest/globals';
import type { Follower, LogMessage, LogPosition } from '../event-log.ts';
import { type ContractContext, numbered, numbers } from './contract-context.ts';
import { textOf } from './recording-handler.ts';
import { waitUntil } from './wait-until.ts';

export function describeFollowing(context: ContractContext): void {
  describe('following', () => {
    async function follow(
      topic: string,
      from?: readonly LogPosition[],
    ): Promise<{ follower: Follower; seen: LogMessage[]; state: Map<string, string> }> {
      const seen: LogMessage[] = [];
      const state = new Map<string, string>();
      const follower = await context.log.follow({
        topic,
        ...(from ? { from } : {}),
        onMessage: (message) => {
          seen.push(message);
          const value = textOf(message);
          if (value === null) state.delete(message.key ?? '');
          else state.set(message.key ?? '', value);
        },
      });
      return { follower, seen, state };
    }

    test('an empty topic is caught up with at once, then changes arrive', async () => {
      const topic = await context.createTopic({ partitions: 2, compacted: true });
      const { follower, state } = await follow(topic);
      await follower.caughtUp;
      await context.log.publish([{ topic, key: 'bot', value: 'first' }]);
      await waitUntil(() => state.get('bot') === 'first');
      await follower.close();
    });

    test('the newest value of each key is there when caught up, and later ones follow', async () => {
      const topic = await context.createTopic({ partitions: 3, compacted: true });
      const keys = numbers(20).map((number) => `bot-${number}`);
      for (const value of ['old', 'new']) {
        await context.log.publish(keys.map((key) => ({ topic, key, value })));
      }
      await context.log.publish([{ topic, key: 'bot-0', value: null }]);
      const { follower, state } = await follow(topic);
      await follower.caughtUp;
      expect(state).toEqual(new Map(keys.slice(1).map((key) => [key, 'new'])));

      await context.log.publish([
        { topic, key: 'bot-0', value: 'back' },
        { topic, key: 'bot-1', value: null },
      ]);
      await waitUntil(() => state.get('bot-0') === 'back' && !state.has('bot-1'));
      await follower.close();
    });

    test('a tombstone reaches those who follow', async () => {
      const topic = await context.createTopic({ compacted: true });
      const { follower, seen } = await follow(topic);
      await follower.caughtUp;
      await context.log.publish([{ topic, key: 'bot', value: 'value' }]);
      await context.log.publish([{ topic, key: 'bot', value: null }]);
      await waitUntil(() => seen.some(({ value }) => value === null));
      await follower.close();
    });

    test('messages come in offset order, everything for each follower', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 1200));
      const [one, other] = [await follow(topic), await follow(topic)];
      await Promise.all([one.follower.caughtUp, other.follower.caughtUp]);
      for (const { seen } of [one, other]) {
        expect(seen.map(({ offset }) => offset)).toEqual(numbers(1200).map(BigInt));
      }
      await Promise.all([one.follower.close(), other.follower.close()]);
    });

    test('a recreated topic is followed from its start', async () => {
      const topic = await context.createTopic({ compacted: true });
      await context.log.publish([{ topic, key: 'bot', value: 'before' }]);
      const { follower, seen } = await follow(topic);
      await follower.caughtUp;
      await context.harness.deleteTopic(topic);
      await context.log.ensureTopics([{ name: topic, partitions: 1, compacted: true }]);
      await context.log.publish([{ topic, key: 'bot', value: 'after' }]);
      await waitUntil(() => seen.map(textOf).includes('after'));
      await follower.close();
    });

    test('from given places on, what is there and what comes', async () => {
      const topic = await context.createTopic();
      await context.log.publish(numbered(topic, 10));
      const { follower, seen } = await follow(topic, [{ topic, partition: 0, offset: 7n }]);
      await follower.caughtUp;
      expect(seen.map(textOf)).toEqual(['7', '8', '9']);
      await context.log.publish([{ topic, key: 'key', value: 'later' }]);
      await waitUntil(() => seen.length === 4);
      expect(seen.map(({ offset }) => offset)).toEqual([7n, 8n, 9n, 10n]);
      await follower.close();
    });

    test('from the end on, nothing of before', async () => {
      const topic = await context.createTopic({ partitions: 3 });
      const keys = numbers(20).map((number) => `bot-${number}`);
      await context.log.publish(keys.map((key) => ({ topic, key, value: 'before' })));
      const ends = (await context.log.ranges(topic)).map(({ partition, endOffset }) => ({
        topic,
        partition,
        offset: endOffset,
      }));
      const { follower, seen } = await follow(topic, ends);
      await follower.caughtUp;
      await context.log.publish(keys.map((key) => ({ topic, key, value: 'after' })));
      await waitUntil(() => seen.length === keys.length);
      expect(new Set(seen.map(textOf))).toEqual(new Set(['after']));
      await follower.close();
    });

    test('from a place that is not held, and where none is given, from the first one', async () => {
      const topic = await context.createTopic({ partitions: 2 });
      const keys = numbers(20).map((number) => `bot-${number}`);
      await context.log.publish(keys.map((key) => ({ topic, key, value: key })));
      const beyond = [{ topic, partition: 1, offset: 1_000n }];
      const { follower, seen } = await follow(topic, beyond);
      await follower.caughtUp;
      expect(seen.map(textOf).toSorted()).toEqual(keys.toSorted());
      await follower.close();
    });

    test('a closed follower is told nothing more', async () => {
      const topic = await context.createTopic();
      const [closed, open] = [await follow(topic), await follow(topic)];
      await closed.follower.caughtUp;
      await closed.follower.close();
      await context.log.publish(numbered(topic, 1));
      await waitUntil(() => open.seen.length === 1);
      expect(closed.seen).toEqual([]);
      await open.follower.close();
    });
  });
}
