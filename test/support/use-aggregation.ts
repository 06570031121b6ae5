/** What tests of exact counting share: one store for a file, and aggregators on topics of their own for each test. */
import { AGGREGATOR_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Aggregation } from './aggregation.ts';
import { KafkaByHand } from './kafka-by-hand.ts';
import { emptyStore } from './stored-counts.ts';

/** Its fields are there while a test of the enclosing `describe` runs. */
export interface AggregationScene {
  readonly aggregation: Aggregation;
  readonly store: TestClickHouse;
  /** Does to Kafka what operators and other programs do. */
  readonly byHand: KafkaByHand;
  /** The topic of events, as Kafka knows it. */
  readonly topic: string;
  /** The consumer group of the aggregators, as Kafka knows it. */
  readonly group: string;
}

export interface AggregationSceneOptions {
  /** Of the topic of events. Default: 3. */
  readonly partitions?: number;
  /** Default: that of the product. */
  readonly retentionDays?: number;
}

/** Registers the hooks that open and close everything. To be called in a `describe`. */
export function useAggregation(
  brokers: readonly string[],
  { partitions, retentionDays }: AggregationSceneOptions = {},
): AggregationScene {
  let store: TestClickHouse;
  let byHand: KafkaByHand;
  let aggregation: Aggregation;

  beforeAll(async () => {
    store = await openTestClickHouse(retentionDays === undefined ? {} : { retentionDays });
    byHand = await KafkaByHand.connect(brokers);
  });
  beforeEach(async () => {
    const clickhouse = store.client;
    aggregation = await Aggregation.open({
      brokers,
      clickhouse,
      ...(partitions === undefined ? {} : { partitions }),
    });
  });
  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });
  afterAll(async () => {
    await byHand?.close();
    await store?.close();
  });

  return {
    get aggregation() {
      return aggregation;
    },
    get store() {
      return store;
    },
    get byHand() {
      return byHand;
    },
    get topic() {
      return `${aggregation.prefix}${EVENTS_TOPIC}`;
    },
    get group() {
      return `${aggregation.prefix}${AGGREGATOR_GROUP}`;
    },
  };
}
