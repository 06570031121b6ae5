/** What a delivery costs on the way to a real broker, and that a regression is noticed. */
import { randomUUID } from 'node:crypto';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { MicroBatcher } from '@hookpulse/event-log/micro-batcher';
import { EVENTS_TOPIC, TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { openIngest } from '@hookpulse/ingest/testing/ingest-fixture';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { prefixedLog } from '../support/prefixed-log.ts';
import { type Counts, overBounds } from './bounds.ts';
import { countKafkaTraffic } from './counted.ts';
import { bodyOf, deliver } from './deliveries.ts';
import { oneByOne, type Publisher } from './worsened.ts';

const BATCH = 200;
const PREFIX_LENGTH = 12;

describeWithKafka('to Kafka', (brokers) => {
  let log: EventLog;

  beforeAll(async () => {
    const settings = { brokers, ssl: false, sasl: null, clientId: 'guard' };
    const kafka = await openKafkaEventLog(settings, silentLogger, { publishLimitMs: 30_000 });
    // Names of topics are in the bytes that are counted.
    log = prefixedLog(kafka, randomUUID().slice(0, PREFIX_LENGTH));
    await log.ensureTopics(
      TOPIC_SPECS.filter(({ name }) => name === UPDATES_TOPIC || name === EVENTS_TOPIC),
    );
  });
  afterAll(() => log?.close());

  async function countsOf(publisher: Publisher): Promise<Counts> {
    const batcher = new MicroBatcher(publisher);
    const ingest = await openIngest({ publisher: batcher });
    // The first looks for leaders.
    await deliver(ingest.app, 1);
    const { traffic, stop } = countKafkaTraffic();
    try {
      await deliver(ingest.app, BATCH, 1);
    } finally {
      stop();
      await ingest.close();
      await batcher.close();
    }
    return {
      'Kafka requests per batch': traffic.requests,
      'bytes sent to Kafka per delivery beyond its body':
        traffic.bytes / BATCH - Buffer.byteLength(bodyOf(0)),
    };
  }

  test('a batch is few requests, with little around its bodies', async () => {
    const counts = await countsOf(log);
    expect(counts['Kafka requests per batch']).toBeGreaterThan(0);
    expect(overBounds(counts)).toEqual([]);
  });

  test('notices a request a message', async () => {
    const broken = overBounds(await countsOf(oneByOne(log)));
    expect(broken).toEqual([
      expect.stringMatching(/^Kafka requests/),
      expect.stringMatching(/^bytes sent/),
    ]);
  });
});
