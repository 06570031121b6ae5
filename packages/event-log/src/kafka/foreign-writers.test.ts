/** Programs of others that write to the same topics: with transactions, and with any codec. */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { describeWithKafka } from '../../../../test/setup/requirements.ts';
import { CODEC_NAMES, ForeignWriter } from '../../../../test/support/foreign-writer.ts';
import { type Consumer, type EventLog, type Follower, LogBlockedError } from '../event-log.ts';
import { uniqueName } from '../testing/contract-context.ts';
import { RecordingHandler, textOf } from '../testing/recording-handler.ts';
import { createKafkaClient } from './kafka-client.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

const PUBLISH_LIMIT_MS = 30_000;

describeWithKafka('beside foreign writers', (brokers) => {
  const settings = { brokers, ssl: false, sasl: null, clientId: 'beside-others' };
  const logger = silentLogger;
  let log: EventLog;
  let foreign: ForeignWriter;
  const readers: (Consumer | Follower)[] = [];

  beforeAll(async () => {
    log = await openKafkaEventLog(settings, logger, { publishLimitMs: PUBLISH_LIMIT_MS });
    foreign = new ForeignWriter(brokers);
  });

  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
  });

  afterAll(async () => {
    await foreign?.close();
    await log?.close();
  });

  async function createTopic(partitions = 1): Promise<string> {
    const name = uniqueName('foreign');
    await log.ensureTopics([{ name, partitions, compacted: false }]);
    return name;
  }

  /** All messages up to what could be read at the start. */
  async function follow(topic: string, from?: bigint) {
    const values: (string | null)[] = [];
    const reached: bigint[] = [];
    const follower = await log.follow({
      topic,
      ...(from === undefined ? {} : { from: [{ topic, partition: 0, offset: from }] }),
      onMessage: (message) => values.push(textOf(message)),
      onReached: ({ offset }) => reached.push(offset),
    });
    readers.push(follower);
    await follower.caughtUp;
    return { values, reached };
  }

  async function endOf(topic: string): Promise<bigint> {
    const [range] = await log.ranges(topic);
    return range?.endOffset ?? 0n;
  }

  async function consume(topic: string) {
    const groupId = uniqueName('group');
    const handler = new RecordingHandler();
    const consumer = await log.consume({ groupId, topics: [topic], handler });
    readers.push(consumer);
    const lagOf = async () => (await consumer.lag()).reduce((sum, one) => sum + one.messages, 0n);
    return { consumer, handler, lagOf };
  }

  const own = (topic: string, value: string) => log.publish([{ topic, key: 'own', value }]);

  test('a topic that ends with markers of transactions is read to its end', async () => {
    const topic = await createTopic();
    await foreign.transact([{ topic, value: 'given up' }], 'abort');
    expect(await follow(topic)).toMatchObject({ values: [] });
    await own(topic, 'own');
    await foreign.transact([{ topic, value: 'kept' }], 'commit');
    const read = await follow(topic);
    expect(read.values).toEqual(['own', 'kept']);
    expect(read.reached.at(-1)).toBe(await endOf(topic));
    // From the marker on there is nothing but that.
    const end = await endOf(topic);
    const marker = await follow(topic, end - 1n);
    expect(marker).toEqual({ values: [], reached: [end] });
  });

  test('a consumer comes to its end too, and has no lag then', async () => {
    const topic = await createTopic();
    const { handler, lagOf } = await consume(topic);
    await own(topic, 'own');
    await foreign.transact([{ topic, value: 'given up' }], 'abort');
    await foreign.transact([{ topic, value: 'kept' }], 'commit');
    await foreign.transact([{ topic, value: 'given up too' }], 'abort');
    const end = await endOf(topic);
    await until('the end', () => handler.batches.at(-1)?.nextOffset === end);
    expect(handler.batches.flatMap(({ messages }) => messages).map(textOf)).toEqual([
      'own',
      'kept',
    ]);
    expect(await lagOf()).toBe(0n);
    const spans = handler.batches.map(({ fromOffset, nextOffset }) => [fromOffset, nextOffset]);
    expect(spans.slice(1).map(([from]) => from)).toEqual(
      spans.slice(0, -1).map(([, next]) => next),
    );
  });

  test('a transaction that is open lets readers start, and is not taken for the end', async () => {
    const topic = await createTopic();
    const transaction = await foreign.begin([{ topic, value: 'at last' }]);
    await own(topic, 'behind it');
    const { values } = await follow(topic);
    expect(values).toEqual([]);
    const { handler, lagOf } = await consume(topic);
    expect(await endOf(topic)).toBe(2n);
    await until('the halt to be told', () => handler.batches.length > 0);
    expect(handler.batches[0]).toMatchObject({
      messages: [],
      nextOffset: 0n,
      readableOffset: 0n,
      endOffset: 2n,
    });
    expect(await lagOf()).toBe(2n);
    await transaction.commit();
    await until('what stood behind it', () => values.length === 2);
    expect(values).toEqual(['at last', 'behind it']);
    await until('the end', async () => (await lagOf()) === 0n);
  });

  test.each(CODEC_NAMES)('records that are compressed by %s are read', async (codec) => {
    const topic = await createTopic();
    await foreign.write(
      [
        { topic, value: 'of a producer' },
        { topic, value: null },
      ],
      codec,
    );
    await foreign.transact([{ topic, value: 'x'.repeat(100_000) }], 'commit', codec);
    // The broker compresses what it is given, as Java does.
    const admin = createKafkaClient(settings, logger).admin();
    await admin.connect();
    const { TOPIC } = kafkajs.ConfigResourceTypes;
    const value = codec === 'none' ? 'uncompressed' : codec;
    const configEntries = [{ name: 'compression.type', value }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: TOPIC, name: topic, configEntries }],
    });
    await admin.disconnect();
    await log.publish(
      ['a', 'b'].map((letter) => ({ topic, key: 'own', value: letter.repeat(50_000) })),
    );
    const { values } = await follow(topic);
    const lengths = values.map((text) => text?.length ?? null);
    expect(lengths).toEqual([13, null, 100_000, 50_000, 50_000]);
  });

  test('records that cannot be read stop their partition alone, and readiness names them', async () => {
    const topic = await createTopic(2);
    await own(topic, 'before');
    await log.ping();
    const place = (await log.partitionFor(topic, 'own')) === 0 ? 0 : 1;
    const { CompressionCodecs, CompressionTypes } = kafkajs;
    await foreign.write([{ topic, partition: place, value: 'unreadable' }], 'zstd');
    await foreign.write([{ topic, partition: 1 - place, value: 'elsewhere' }]);
    const zstd = CompressionCodecs[CompressionTypes.ZSTD];
    CompressionCodecs[CompressionTypes.ZSTD] = () => {
      throw new Error('not on this platform');
    };
    try {
      const { consumer, handler } = await consume(topic);
      const texts = () => handler.batches.flatMap(({ messages }) => messages.map(textOf));
      await until('what can be read', () => texts().length === 2);
      expect(texts().toSorted()).toEqual(['before', 'elsewhere']);
      await until('readiness to say so', async () => {
        return log.ping().then(
          () => false,
          (error) => error instanceof LogBlockedError,
        );
      });
      await expect(log.ping()).rejects.toThrow(
        `topic ${topic}, partition ${place}, offset 1, compression codec zstd (not on this platform)`,
      );
      expect(consumer.isMember).toBe(true);
      CompressionCodecs[CompressionTypes.ZSTD] = zstd;
      await until('it to be tried again', () => texts().includes('unreadable'));
      await log.ping();
    } finally {
      CompressionCodecs[CompressionTypes.ZSTD] = zstd;
    }
  });
});
