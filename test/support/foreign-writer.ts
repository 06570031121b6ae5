/** Another program that writes to the topics, as the product itself never does. */
import { randomUUID } from 'node:crypto';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { createKafkaClient } from '@hookpulse/event-log/kafka/kafka-client';
import {
  type Admin,
  CompressionTypes,
  type Kafka,
  type Producer,
  type RecordMetadata,
  type Transaction,
} from 'kafkajs';

export interface ForeignMessage {
  readonly topic: string;
  readonly key?: string;
  readonly value: string | null;
  /** Default: the first one. */
  readonly partition?: number;
  /** Record time, milliseconds since the epoch; counts in topics with `CreateTime`. */
  readonly timeMs?: number;
}

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;

export type Codec = keyof typeof CODECS;

export const CODEC_NAMES: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export interface ForeignWriterOptions {
  /** Of `transact`: who opens another writer with it ends what this one left open. Default: its own. */
  readonly transactionalId?: string;
  /** Default: far longer than any test leaves a transaction open. */
  readonly transactionTimeoutMs?: number;
}

const DEFAULT_TRANSACTION_TIMEOUT_MS = 120_000;

export class ForeignWriter {
  readonly #kafka: Kafka;
  readonly #options: ForeignWriterOptions;
  readonly #clients: (Admin | Producer)[] = [];
  #admin: Promise<Admin> | null = null;
  #plain: Producer | null = null;
  #transactional: Producer | null = null;

  constructor(brokers: readonly string[], options: ForeignWriterOptions = {}) {
    this.#options = options;
    const settings = { brokers, ssl: false, sasl: null, clientId: 'foreign' };
    this.#kafka = createKafkaClient(settings, silentLogger);
  }

  async write(messages: readonly ForeignMessage[], codec: Codec = 'none'): Promise<void> {
    this.#plain ??= await this.#connect(this.#kafka.producer());
    await this.#plain.sendBatch(batchOf(messages, codec));
  }

  /**
   * In a transaction that ends so; afterwards a marker stands on every partition. The broker answers the end of a
   * transaction before it has written the markers, so they are waited for.
   */
  async transact(
    messages: readonly ForeignMessage[],
    end: 'commit' | 'abort',
    codec: Codec = 'none',
  ): Promise<void> {
    this.#transactional ??= await this.#connectTransactional(
      this.#options.transactionalId ?? `foreign-${randomUUID()}`,
    );
    const transaction = await this.#transactional.transaction();
    const written = await transaction.sendBatch(batchOf(messages, codec));
    await transaction[end]();
    await until('markers', () => this.#isBehind(written, messages));
  }

  /** Leaves its transaction to the caller to end. */
  async begin(messages: readonly ForeignMessage[]): Promise<Transaction> {
    const producer = await this.#connectTransactional(`foreign-${randomUUID()}`);
    const transaction = await producer.transaction();
    await transaction.sendBatch(batchOf(messages, 'none'));
    return transaction;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.disconnect()));
  }

  /** Whether something stands behind all of `messages`: if nobody else writes, it is the marker. */
  async #isBehind(written: RecordMetadata[], messages: readonly ForeignMessage[]) {
    this.#admin ??= this.#connect(this.#kafka.admin());
    const admin = await this.#admin;
    const checked = written.map(async ({ topicName, partition, baseOffset }) => {
      const count = messages.filter(
        (one) => one.topic === topicName && (one.partition ?? 0) === partition,
      ).length;
      const offsets = await admin.fetchTopicOffsets(topicName);
      const end = offsets.find((one) => one.partition === partition)?.high ?? '0';
      return BigInt(end) > BigInt(baseOffset ?? '0') + BigInt(count);
    });
    return (await Promise.all(checked)).every(Boolean);
  }

  #connectTransactional(transactionalId: string): Promise<Producer> {
    return this.#connect(
      this.#kafka.producer({
        transactionalId,
        transactionTimeout: this.#options.transactionTimeoutMs ?? DEFAULT_TRANSACTION_TIMEOUT_MS,
        idempotent: true,
        maxInFlightRequests: 1,
      }),
    );
  }

  async #connect<T extends Admin | Producer>(client: T): Promise<T> {
    this.#clients.push(client);
    await client.connect();
    return client;
  }
}

function batchOf(messages: readonly ForeignMessage[], codec: Codec) {
  const topicMessages = [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    messages: own.map(({ key, value, partition, timeMs }) => ({
      key: key ?? 'foreign',
      value,
      partition: partition ?? 0,
      ...(timeMs === undefined ? {} : { timestamp: String(timeMs) }),
    })),
  }));
  return { topicMessages, compression: CODECS[codec], acks: -1 };
}
