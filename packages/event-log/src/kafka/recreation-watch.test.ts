import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { describe, expect, test } from '@jest/globals';
import { type LogMessage, type LogPosition, UnknownTopicError } from '../event-log.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { PartitionDelivery } from './partition-delivery.ts';
import { RecreationWatch } from './recreation-watch.ts';

const TOPIC = 'topic';

/** A topic with one list of log times for each partition. */
class FakeTopic {
  partitions: number[][];
  checks = 0;
  isGone = false;

  constructor(partitions: number[][]) {
    this.partitions = partitions;
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<readonly LogPosition[]> {
    this.checks += 1;
    if (this.isGone) throw new UnknownTopicError('gone');
    return this.partitions.map((times, partition) => {
      const index = times.findIndex((time) => time >= timestampMs);
      return { topic, partition, offset: BigInt(index === -1 ? times.length : index) };
    });
  }

  /** Waits until this state of the topic was looked at from start to end. */
  async checkedAgain(): Promise<void> {
    const { checks } = this;
    await waitUntil(() => this.checks >= checks + 2);
  }
}

function reading(partition: number): PartitionDelivery {
  const delivery = new PartitionDelivery(
    { topic: TOPIC, partition },
    {
      maxBatchMessages: 100,
      redeliveryPauseMs: 0,
      onBatch: async () => undefined,
      onRejected: () => undefined,
      onRoom: () => undefined,
    },
  );
  delivery.seek(0n);
  return delivery;
}

/** Reads the messages from an offset on, as a fetch does. */
function readFrom(delivery: PartitionDelivery, from: number, times: readonly number[]): void {
  const messages = times.map(
    (timestampMs, index): LogMessage => ({
      ...delivery.place,
      offset: BigInt(from + index),
      timestampMs,
      key: null,
      value: null,
      headers: {},
    }),
  );
  const nextOffset = BigInt(from + times.length);
  const ends = { nextOffset, endOffset: nextOffset, readableOffset: nextOffset };
  delivery.accept({ messages, ...ends, hasLogTime: true });
}

async function watching(
  topic: FakeTopic,
  deliveries: readonly PartitionDelivery[],
  use: (recreated: readonly number[]) => Promise<void>,
): Promise<void> {
  const recreated: number[] = [];
  const watch = new RecreationWatch({
    admin: topic,
    logger: silentLogger,
    list: () => deliveries.filter(({ isStopped }) => !isStopped),
    onRecreated: (delivery) => {
      recreated.push(delivery.place.partition);
      delivery.stop();
    },
    checkIntervalMs: 1,
  });
  try {
    await use(recreated);
  } finally {
    watch.close();
    for (const delivery of deliveries) delivery.stop();
  }
}

describe('RecreationWatch', () => {
  test('is content while a topic grows, partitions at different times', async () => {
    const topic = new FakeTopic([[10, 20, 20], [15]]);
    const deliveries = [reading(0), reading(1)];
    deliveries.forEach((delivery, index) => {
      readFrom(delivery, 0, topic.partitions[index] ?? []);
    });
    await watching(topic, deliveries, async (recreated) => {
      await topic.checkedAgain();
      topic.partitions = [
        [10, 20, 20],
        [15, 16, 30],
      ];
      await topic.checkedAgain();
      expect(recreated).toEqual([]);
    });
  });

  test('notices a later life that is longer than what was read', async () => {
    const topic = new FakeTopic([[10, 20]]);
    const delivery = reading(0);
    readFrom(delivery, 0, [10, 20]);
    await watching(topic, [delivery], async (recreated) => {
      await topic.checkedAgain();
      topic.partitions = [[50, 51, 52, 53]];
      await waitUntil(() => recreated.length === 1);
      expect(recreated).toEqual([0]);
    });
  });

  test('notices it also when reading went on in the later life', async () => {
    const topic = new FakeTopic([[10, 20]]);
    const delivery = reading(0);
    readFrom(delivery, 0, [10, 20]);
    await watching(topic, [delivery], async (recreated) => {
      await topic.checkedAgain();
      topic.partitions = [[50, 51, 52, 53]];
      readFrom(delivery, 2, [52, 53]);
      await waitUntil(() => recreated.length === 1);
    });
  });

  test('notices a later life that is empty', async () => {
    const topic = new FakeTopic([[10, 20]]);
    const delivery = reading(0);
    readFrom(delivery, 0, [10, 20]);
    await watching(topic, [delivery], async (recreated) => {
      topic.partitions = [[]];
      await waitUntil(() => recreated.length === 1);
    });
  });

  test('waits for a topic that is gone to come back', async () => {
    const topic = new FakeTopic([[10, 20]]);
    const delivery = reading(0);
    readFrom(delivery, 0, [10, 20]);
    await watching(topic, [delivery], async (recreated) => {
      topic.isGone = true;
      await topic.checkedAgain();
      expect(recreated).toEqual([]);
      topic.partitions = [[60, 61, 62]];
      topic.isGone = false;
      await waitUntil(() => recreated.length === 1);
    });
  });
});
