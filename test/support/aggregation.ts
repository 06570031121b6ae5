/**
 * Aggregators over topics of their own on a real Kafka, storing in one ClickHouse, and the truth about
 * what they should have counted.
 */
import { randomUUID } from 'node:crypto';
import { type RunningAggregator, runAggregator } from '@hookpulse/aggregator/run';
import { createClickHouseAggregateStore } from '@hookpulse/aggregator/store/clickhouse-aggregate-store';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import {
  type Clock,
  type SteadyClock,
  steadyClock,
  systemClock,
} from '@hookpulse/common/runtime/clock';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { DEAD_LETTER_TOPIC, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { expect } from '@jest/globals';
import { expectedCounts } from './expected-counts.ts';
import { Life, mortalClickHouse, mortalLog, type Steps } from './mortal-ports.ts';
import { prefixedLog } from './prefixed-log.ts';
import { storedEventIds, storedHours, storedPositions, storedSlices } from './stored-counts.ts';

/** Nobody waits for an answer here, and a busy machine makes a test slow, not red. */
const PUBLISH_LIMIT_MS = 60_000;

export interface AggregationOptions {
  readonly brokers: readonly string[];
  readonly clickhouse: ClickHouseClient;
  /** Of the topic of events. Default: 3. */
  readonly partitions?: number;
  /** Of topics and groups. Default: one that nobody else has. */
  readonly prefix?: string;
}

export interface MemberOptions extends Steps {
  /** Default: those of the aggregation. */
  readonly brokers?: readonly string[];
  readonly clock?: Clock;
  readonly steadyClock?: SteadyClock;
  readonly maxPendingEvents?: number;
  /** How long a hand-over waits for the store. Default: as long as in production. */
  readonly patienceMs?: number;
  /** Default: so long that no time-out is announced. */
  readonly processingTimeoutMs?: number;
  /** Default: that of the aggregation. */
  readonly clickhouse?: ClickHouseClient;
  /** Ended by whoever wants it to stop dead; `kill` ends it too. */
  readonly life?: Life;
}

/** One aggregator, as a process of its own would be. */
export interface Member {
  readonly aggregator: RunningAggregator;
  /** Stops dead; its group soon knows. */
  kill(): Promise<void>;
  /** Loses its partitions and its log, and knows: what it has begun to store goes on. */
  leaveGroup(): Promise<void>;
  /** Drains and stops. */
  close(): Promise<void>;
}

/** Slices are compared as far back as an answer about the last 15 minutes could look. */
const COMPARED_SLICES_MS = 30 * 60_000;
const HOUR_SECONDS = 3_600;
const SLICE_SECONDS = 10;
/** Flushes often, so that tests meet many of them. */
const LIMITS = {
  delayMs: 5,
  shortestIntervalMs: 20,
  longestIntervalMs: 20,
  maxPendingEvents: 20_000,
  patienceMs: 4_000,
};
const NO_TIMEOUTS_MS = 24 * 3_600_000;

const logger = silentLogger;

export class Aggregation {
  /** Of the topics and groups on the broker. */
  readonly prefix: string;
  /** For publishing and asking; each member has a log of its own. */
  readonly log: EventLog;
  readonly #options: AggregationOptions;
  /** What should be counted, by id. */
  readonly #events = new Map<string, WebhookEvent>();
  readonly #closing: (() => Promise<void>)[] = [];

  private constructor(options: AggregationOptions, prefix: string, log: EventLog) {
    this.#options = options;
    this.prefix = prefix;
    this.log = log;
  }

  static async open(options: AggregationOptions): Promise<Aggregation> {
    const { prefix = `${randomUUID().slice(0, 8)}.` } = options;
    const aggregation = new Aggregation(options, prefix, await openLog(options.brokers, prefix));
    await aggregation.createTopics();
    return aggregation;
  }

  async createTopics(): Promise<void> {
    const { partitions = 3 } = this.#options;
    await this.log.ensureTopics([
      { name: EVENTS_TOPIC, partitions, compacted: false },
      { name: DEAD_LETTER_TOPIC, partitions: 1, compacted: false },
    ]);
  }

  /** An aggregator that has joined its group. */
  async start(options: MemberOptions = {}): Promise<Member> {
    const life = options.life ?? new Life();
    const { brokers = this.#options.brokers } = options;
    const log = mortalLog(await openLog(brokers, this.prefix), life, options);
    const clickhouse = mortalClickHouse(
      options.clickhouse ?? this.#options.clickhouse,
      life,
      options,
    );
    const { maxPendingEvents = LIMITS.maxPendingEvents, patienceMs = LIMITS.patienceMs } = options;
    const aggregator = await runAggregator({
      log,
      store: createClickHouseAggregateStore(clickhouse),
      logger,
      clock: options.clock ?? systemClock,
      steadyClock: options.steadyClock ?? steadyClock,
      processingTimeoutMs: options.processingTimeoutMs ?? NO_TIMEOUTS_MS,
      flusherLimits: { ...LIMITS, maxPendingEvents, patienceMs },
    });
    const close = async () => {
      await aggregator.close();
      await log.close();
    };
    this.#closing.push(close);
    return {
      aggregator,
      close,
      leaveGroup: () => log.close(),
      kill: async () => {
        life.end();
        await log.close();
      },
    };
  }

  /** Another view of the same log, as another process has it. */
  async openLog(): Promise<EventLog> {
    const log = await openLog(this.#options.brokers, this.prefix);
    this.#closing.push(() => log.close());
    return log;
  }

  /** Puts events on the log, and remembers that each of them is to be counted once. */
  async publish(events: readonly WebhookEvent[], log = this.log): Promise<void> {
    this.expect(events);
    await log.publish(
      events.map((one) => ({ topic: EVENTS_TOPIC, key: one.bot_id, value: JSON.stringify(one) })),
    );
  }

  /** These are to be counted once; of those with one id the first. */
  expect(events: readonly WebhookEvent[]): void {
    for (const event of events) {
      if (!this.#events.has(event.event_id)) this.#events.set(event.event_id, event);
    }
  }

  /** Waits until everything on the log is stored, and as much as is to be counted. */
  async untilAllStored(): Promise<void> {
    await until('everything to be stored', async () => {
      // A topic that was made again may be as long as the one before.
      const ids = await storedEventIds(this.#options.clickhouse);
      if (ids.length < this.#events.size) return false;
      const ranges = await this.log.ranges(EVENTS_TOPIC);
      const stored = await storedPositions(this.#options.clickhouse);
      return ranges.every(
        ({ partition, startOffset, endOffset }) =>
          startOffset === endOffset || stored.get(partition) === endOffset,
      );
    });
  }

  /** Raw events, hours and slices are those of the events to be counted, no more and no less. */
  async expectExact(): Promise<void> {
    const { clickhouse } = this.#options;
    const events = [...this.#events.values()];
    const sinceMs = Date.now() - COMPARED_SLICES_MS;
    const recent = events.filter(({ timestamp }) => sliceStart(timestamp) >= sinceMs);
    expect(await storedEventIds(clickhouse)).toEqual([...this.#events.keys()].toSorted());
    expect(await storedHours(clickhouse)).toEqual(expectedCounts(events, HOUR_SECONDS));
    expect(await storedSlices(clickhouse, sinceMs)).toEqual(expectedCounts(recent, SLICE_SECONDS));
  }

  /** What is on the dead-letter topic, in order. */
  async readDeadLetters() {
    const letters: { headers: Readonly<Record<string, string>>; value: Uint8Array | null }[] = [];
    const follower = await this.log.follow({
      topic: DEAD_LETTER_TOPIC,
      onMessage: ({ headers, value }) => letters.push({ headers, value }),
    });
    await follower.caughtUp;
    await follower.close();
    return letters;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()));
    await this.log.close();
  }
}

function sliceStart(timestamp: string): number {
  const timeMs = Date.parse(timestamp);
  return timeMs - (timeMs % (SLICE_SECONDS * 1_000));
}

async function openLog(brokers: readonly string[], prefix: string): Promise<EventLog> {
  const settings = { brokers, ssl: false, sasl: null, clientId: 'exactness' };
  const options = { publishLimitMs: PUBLISH_LIMIT_MS };
  return prefixedLog(await openKafkaEventLog(settings, logger, options), prefix);
}
