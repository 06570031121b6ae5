import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LocalBroker } from '../../../../test/kafka-broker/local-broker.ts';
import { describeWithLocalKafka } from '../../../../test/setup/requirements.ts';
import { type EventLog, type LogMessage, LogUnavailableError } from '../event-log.ts';
import { numbered, numbers, uniqueName } from '../testing/contract-context.ts';
import { RecordingHandler, textOf } from '../testing/recording-handler.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

/** The limit of the adapter is 2 s; the rest is for a busy machine. */
const REJECTED_WITHIN_MS = 4_000;
/** A process has 10 s to stop. */
const CLOSED_WITHIN_MS = 10_000;

describeWithLocalKafka('Kafka that goes away', (startBroker) => {
  let broker: LocalBroker;
  let log: EventLog;

  beforeAll(async () => {
    broker = await startBroker();
    log = await open();
  });

  afterAll(async () => {
    await log?.close();
    await broker?.close();
  });

  function open(): Promise<EventLog> {
    return openKafkaEventLog(
      { brokers: [broker.address], ssl: false, sasl: null, clientId: 'outage' },
      silentLogger,
    );
  }

  async function createTopic(): Promise<string> {
    const name = uniqueName('topic');
    await log.ensureTopics([{ name, partitions: 1, compacted: false }]);
    return name;
  }

  async function expectUnavailable(work: Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    await expect(work).rejects.toThrow(LogUnavailableError);
    expect(performance.now() - startedMs).toBeLessThan(REJECTED_WITHIN_MS);
  }

  async function untilPublished(topic: string, value: string): Promise<void> {
    await waitUntil(() =>
      log.publish([{ topic, key: 'key', value }]).then(
        () => true,
        () => false,
      ),
    );
  }

  test('everything goes on by itself after the broker was killed and is back', async () => {
    const topic = await createTopic();
    const groupId = uniqueName('group');
    const handler = new RecordingHandler();
    const followed: (string | null)[] = [];
    const consumer = await log.consume({ groupId, topics: [topic], handler });
    const follower = await log.follow({
      topic,
      onMessage: (message) => followed.push(textOf(message)),
    });
    await log.publish(numbered(topic, 5));
    await waitUntil(() => handler.messages.length === 5 && followed.length === 5);
    await consumer.commit([{ topic, partition: 0, offset: 5n }]);

    await broker.kill();
    await expectUnavailable(log.publish(numbered(topic, 1)));
    await expectUnavailable(log.publish(numbered(topic, 1)));
    await expectUnavailable(log.ping());
    await waitUntil(() => !consumer.isMember);
    await broker.restart();

    await untilPublished(topic, 'after');
    await log.ping();
    await waitUntil(() => handler.values.includes('after') && followed.includes('after'));
    // Attempts that were rejected may have been appended; nothing before them comes again.
    expect(handler.values.slice(0, 5)).toEqual(numbers(5));
    expect(new Set(handler.messages.map(({ offset }) => offset)).size).toBe(
      handler.messages.length,
    );
    expect(followed.slice(0, 5)).toEqual(numbers(5));
    const end = (handler.messages.at(-1)?.offset ?? 0n) + 1n;
    await waitUntil(() =>
      consumer.commit([{ topic, partition: 0, offset: end }]).then(
        () => true,
        () => false,
      ),
    );
    expect(await log.committed(groupId, topic)).toEqual([{ topic, partition: 0, offset: end }]);
    expect(consumer.isMember).toBe(true);
    await Promise.all([consumer.close(), follower.close()]);
  });

  test('a broker that is silent is given up soon, and found again', async () => {
    const topic = await createTopic();
    await log.publish(numbered(topic, 1));
    const handler = new RecordingHandler();
    const consumer = await log.consume({ groupId: uniqueName('group'), topics: [topic], handler });
    await waitUntil(() => handler.messages.length === 1);
    await broker.freeze();
    try {
      await expectUnavailable(log.publish(numbered(topic, 1)));
      await expectUnavailable(log.ping());
    } finally {
      await broker.thaw();
    }
    await untilPublished(topic, 'after');
    await waitUntil(() => handler.values.includes('after'));
    await consumer.close();
  });

  test('brokers that were replaced by empty ones get their topics again, and are read from the start', async () => {
    const topic = await createTopic();
    const handler = new RecordingHandler();
    const followed: (string | null)[] = [];
    const consumer = await log.consume({ groupId: uniqueName('group'), topics: [topic], handler });
    const onMessage = (message: LogMessage) => followed.push(textOf(message));
    const follower = await log.follow({ topic, onMessage });
    await log.publish(numbered(topic, 3));
    await waitUntil(() => handler.messages.length === 3 && followed.length === 3);
    const port = Number(broker.address.split(':')[1]);
    await broker.close();
    broker = await startBroker({ port });
    await untilPublished(topic, 'first');
    // So that the new one is longer than the old one before anybody reads it.
    await log.publish(numbered(topic, 5, 'another'));
    const next = ['first', ...numbers(5)];
    await waitUntil(() => handler.values.at(-1) === '4' && followed.at(-1) === '4');
    expect(handler.values.slice(-next.length)).toEqual(next);
    expect(followed.slice(-next.length)).toEqual(next);
    await Promise.all([consumer.close(), follower.close()]);
  });

  test('nobody waits for long for a broker that does not come back', async () => {
    const topic = await createTopic();
    await log.consume({
      groupId: uniqueName('group'),
      topics: [topic],
      handler: new RecordingHandler(),
    });
    await log.follow({ topic, onMessage: () => undefined });
    await broker.kill();
    await expect(open()).rejects.toThrow(LogUnavailableError);
    const startedMs = performance.now();
    await log.close();
    expect(performance.now() - startedMs).toBeLessThan(CLOSED_WITHIN_MS);
  });
});
