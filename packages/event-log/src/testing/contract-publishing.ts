/** Contract: what is published is there, whole, in order, in the partition of its key. */
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type LogMessage,
  LogUnavailableError,
  MessageTooLargeError,
  type OutgoingMessage,
} from '../event-log.ts';
import { MAX_VALUE_BYTES } from '../limits.ts';
import { type ContractContext, numbered, numbers } from './contract-context.ts';
import { JAVA_VECTORS } from './java-vectors.ts';
import { textOf } from './recording-handler.ts';
import { waitUntil } from './wait-until.ts';

const MEBIBYTE = 1024 * 1024;
/** Brokers that are given may run on another machine. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;

export function describePublishing(context: ContractContext): void {
  describe('publishing', () => {
    afterEach(() => context.closeConsumers());

    /** Everything in a topic, once there are so many messages. */
    async function readBack(topic: string, count: number): Promise<readonly LogMessage[]> {
      const { handler } = await context.join(topic);
      await waitUntil(() => handler.messages.length >= count);
      expect(handler.messages).toHaveLength(count);
      return handler.messages;
    }

    test('a message comes back as it was given', async () => {
      const topic = await context.createTopic();
      const bytes = new Uint8Array([0, 255, 128, 10]);
      const headers = { schema: 'webhook.events.v1', reason: 'naïve — 日本' };
      const nowMs = Date.now();
      await context.log.publish([
        { topic, key: 'клюв', value: '{"text":"🚀 naïve"}', headers },
        { topic, key: '', value: bytes },
        { topic, key: 'empty', value: '' },
      ]);
      const [text, raw, empty] = await readBack(topic, 3);
      expect(text).toMatchObject({ topic, partition: 0, offset: 0n, key: 'клюв', headers });
      expect(text && textOf(text)).toBe('{"text":"🚀 naïve"}');
      expect(Math.abs((text?.timestampMs ?? 0) - nowMs)).toBeLessThan(MAX_CLOCK_DIFFERENCE_MS);
      expect(raw).toMatchObject({ offset: 1n, key: '', headers: {} });
      expect([...(raw?.value ?? [])]).toEqual([...bytes]);
      expect(empty?.value).toHaveLength(0);
    });

    test('nothing published is no error', async () => {
      await expect(context.log.publish([])).resolves.toBeUndefined();
    });

    test('messages keep their order within a partition, over many publishes', async () => {
      const topic = await context.createTopic({ partitions: 3 });
      const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (let round = 0; round < 10; round += 1) {
        await context.log.publish(
          keys.flatMap((key) =>
            [0, 1, 2].map((step) => ({ topic, key, value: String(round * 3 + step) })),
          ),
        );
      }
      const messages = await readBack(topic, keys.length * 30);
      for (const key of keys) {
        expect(messages.filter((message) => message.key === key).map(textOf)).toEqual(numbers(30));
      }
      for (const ofPartition of Map.groupBy(messages, ({ partition }) => partition).values()) {
        expect(ofPartition.map(({ offset }) => offset)).toEqual(
          ofPartition.map((_, index) => BigInt(index)),
        );
        const times = ofPartition.map(({ timestampMs }) => timestampMs);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
      }
    });

    test('one publish reaches several topics', async () => {
      const [one, other] = [await context.createTopic(), await context.createTopic()];
      await context.log.publish([
        { topic: one, key: 'key', value: 'for one' },
        { topic: other, key: 'key', value: 'for the other' },
      ]);
      expect((await readBack(one, 1)).map(textOf)).toEqual(['for one']);
      expect((await readBack(other, 1)).map(textOf)).toEqual(['for the other']);
    });

    test('a key goes where the Java client puts it', async () => {
      const topic = await context.createTopic({ partitions: 12 });
      await context.log.publish(JAVA_VECTORS.map(({ key }) => ({ topic, key, value: key })));
      const messages = await readBack(topic, JAVA_VECTORS.length);
      for (const { key, partitionOf12 } of JAVA_VECTORS) {
        expect(await context.log.partitionFor(topic, key)).toBe(partitionOf12);
        expect(messages.find((message) => message.key === key)?.partition).toBe(partitionOf12);
      }
    });

    test('messages of 1 MiB go through, many in one publish', async () => {
      const topic = await context.createTopic();
      const values = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(MEBIBYTE));
      await context.log.publish(values.map((value) => ({ topic, key: 'key', value })));
      const messages = await readBack(topic, values.length);
      expect(messages.map((message) => textOf(message) ?? '')).toEqual(values);
    });

    test('a message over the limit is refused, and nothing goes with it', async () => {
      const topic = await context.createTopic();
      const tooLarge = { topic, key: 'key', value: new Uint8Array(MAX_VALUE_BYTES + 1) };
      await expect(
        context.log.publish([{ topic, key: 'key', value: 'small' }, tooLarge]),
      ).rejects.toThrow(MessageTooLargeError);
      expect(await context.log.ranges(topic)).toMatchObject([{ endOffset: 0n }]);
    });

    test('100,000 messages: nothing is lost, nothing is handed over twice', async () => {
      const topic = await context.createTopic({ partitions: 12 });
      const { handler } = await context.join(topic);
      let next = 0;
      const publishRest = async (): Promise<void> => {
        while (next < 100_000) {
          const messages = Array.from({ length: 1_000 }, (_, index): OutgoingMessage => {
            const number = next + index;
            return { topic, key: `bot-${number % 50}`, value: String(number) };
          });
          next += messages.length;
          await context.log.publish(messages);
        }
      };
      // As many under way at once as the micro-batcher has.
      await Promise.all([publishRest(), publishRest(), publishRest(), publishRest()]);
      const ranges = await context.log.ranges(topic);
      // Kafka holds those of a request twice that it took and whose answer came too late.
      const held = ranges.reduce((sum, { endOffset }) => sum + Number(endOffset), 0);
      await waitUntil(() => handler.messages.length >= held);
      expect(handler.messages).toHaveLength(held);
      expect(new Set(handler.messages.map(placeOf)).size).toBe(held);
      expect(new Set(handler.values).size).toBe(100_000);
    });

    test('what was published survives a restart, and a closed log says so', async () => {
      const topic = await context.createTopic();
      const { log } = context;
      // Not awaited: publishes under way are finished by closing.
      const underWay = Array.from({ length: 20 }, (_, index) =>
        log.publish([{ topic, key: 'key', value: String(index) }]),
      );
      await context.reopen();
      await Promise.all(underWay);
      await expect(log.publish(numbered(topic, 1))).rejects.toThrow(LogUnavailableError);
      await expect(log.ping()).rejects.toThrow(LogUnavailableError);
      await expect(log.close()).resolves.toBeUndefined();
      const values = (await readBack(topic, 20)).map(textOf);
      expect(new Set(values)).toEqual(new Set(numbers(20)));
    });
  });
}

function placeOf({ partition, offset }: LogMessage): string {
  return `${partition}/${offset}`;
}
