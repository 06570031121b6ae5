/** The aggregator on the real embedded log, with the store in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventType, WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog, LogMessage } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import {
  AGGREGATOR_GROUP,
  DEAD_LETTER_TOPIC,
  EVENTS_TOPIC,
  TOPIC_SPECS,
} from '@hookpulse/event-log/topics';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PartitionChanges } from './domain/partition-fold.ts';
import { type RunningAggregator, runAggregator } from './run.ts';
import { MemoryAggregateStore } from './store/testing/memory-aggregate-store.ts';

const logger = silentLogger;
let directory: string;
let log: EventLog;
let store: MemoryAggregateStore;
const running: RunningAggregator[] = [];
/** Added to the clock, to let time pass. */
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-aggregator-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
  store = new MemoryAggregateStore();
  aheadMs = 0;
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((aggregator) => aggregator.close()));
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(withStore: MemoryAggregateStore = store, maxPendingEvents = 1_000) {
  const aggregator = await runAggregator({
    log,
    store: withStore,
    logger,
    clock,
    steadyClock: clock,
    processingTimeoutMs: 30_000,
    flusherLimits: {
      delayMs: 5,
      shortestIntervalMs: 5,
      longestIntervalMs: 5,
      maxPendingEvents,
      patienceMs: 100,
    },
  });
  running.push(aggregator);
  return aggregator;
}

let nextId = 0;

function event(bot_id: string, event_type: EventType, update_id: number): WebhookEvent {
  nextId += 1;
  const timestamp = new Date().toISOString();
  return sampleEvent({ event_id: sampleEventId(nextId), bot_id, event_type, update_id, timestamp });
}

async function publish(events: readonly WebhookEvent[]): Promise<void> {
  await log.publish(
    events.map((one) => ({ topic: EVENTS_TOPIC, key: one.bot_id, value: JSON.stringify(one) })),
  );
}

function receivedUpdates(botId: string, count: number): WebhookEvent[] {
  return Array.from({ length: count }, (_, n) => event(botId, 'received', n));
}

function sumOf(botId: string, name: 'requests_received' | 'requests_processed' | 'timeout_errors') {
  return store
    .hoursOf(botId)
    .values()
    .reduce((sum, window) => sum + window.counters[name], 0);
}

test('counts what was on the log before and what comes, and commits it', async () => {
  await publish(receivedUpdates('early', 3));
  await start();
  await publish(receivedUpdates('late', 4));
  await until(
    'all to be counted',
    () => sumOf('early', 'requests_received') === 3 && sumOf('late', 'requests_received') === 4,
  );
  await until('the commit', async () => {
    const committed = await log.committed(AGGREGATOR_GROUP, EVENTS_TOPIC);
    return committed.reduce((sum, { offset }) => sum + offset, 0n) === 7n;
  });
});

test('goes on after a restart where it stopped, counting nothing twice', async () => {
  const first = await start();
  await publish(receivedUpdates('bot', 5));
  await until('the first five', () => sumOf('bot', 'requests_received') === 5);
  await first.close();
  const repeated = receivedUpdates('bot', 5);
  await publish([...repeated, ...repeated]);
  await start();
  await until('the next five', () => sumOf('bot', 'requests_received') >= 10);
  await publish([event('bot', 'processed', 99)]);
  await until('a later event', () => sumOf('bot', 'requests_processed') === 1);
  expect(sumOf('bot', 'requests_received')).toBe(10);
});

test('two members share the partitions and together count everything once', async () => {
  await start();
  const second = await start();
  const bots = Array.from({ length: 30 }, (_, n) => `bot-${n}`);
  for (let round = 0; round < 5; round += 1) {
    await publish(bots.flatMap((bot) => [event(bot, 'received', round)]));
    if (round === 2) await second.close();
  }
  await until('all to be counted', () =>
    bots.every((bot) => sumOf(bot, 'requests_received') === 5),
  );
});

/** Refuses to store until told otherwise. */
class StoppableStore extends MemoryAggregateStore {
  isDown = true;
  attempts = 0;

  override async save(changes: readonly PartitionChanges[]): Promise<void> {
    this.attempts += 1;
    if (this.isDown) throw new Error('the store is down');
    await super.save(changes);
  }
}

test('waits while the store is down, with bounded memory, and catches up afterwards', async () => {
  const stoppable = new StoppableStore();
  store = stoppable;
  await start(stoppable, 10);
  await publish(receivedUpdates('bot', 3_000));
  await until('an attempt to store', () => stoppable.attempts > 1);
  const lag = await log.ranges(EVENTS_TOPIC);
  expect(lag.reduce((sum, range) => sum + range.endOffset, 0n)).toBe(3_000n);
  expect(stoppable.events.size).toBe(0);
  stoppable.isDown = false;
  await until('all to be counted', () => sumOf('bot', 'requests_received') === 3_000);
  expect(stoppable.events.size).toBe(3_000);
});

/** Takes a turn of the event loop for every step of a save, and never gets to the last ones. */
class StuckStore extends MemoryAggregateStore {
  stepsDone = 2;
  attempts = 0;

  override async save(changes: readonly PartitionChanges[]): Promise<void> {
    this.attempts += 1;
    for (let steps = 1; steps <= this.stepsDone; steps += 1) {
      await nextTurn();
      this.saveUntil(changes, steps);
    }
    if (this.stepsDone < 4) throw new Error('the store is stuck');
  }
}

test('what is stored in part is the state at its offset, however long storing takes', async () => {
  const stuck = new StuckStore();
  store = stuck;
  const aggregator = await start(stuck, 100_000);
  await publish(receivedUpdates('bot', 10));
  await until('an attempt to store', () => stuck.attempts > 0);
  await publish(receivedUpdates('bot', 50));
  const attempts = stuck.attempts;
  await until('another attempt', () => stuck.attempts > attempts);
  await aggregator.close();
  stuck.stepsDone = 4;
  await start(stuck);
  await publish([event('bot', 'processed', 1)]);
  await until('the last event', () => sumOf('bot', 'requests_processed') === 1);
  expect(sumOf('bot', 'requests_received')).toBe(60);
});

test('stops even while the store is down; the next start counts what was left', async () => {
  const stoppable = new StoppableStore();
  store = stoppable;
  const aggregator = await start(stoppable, 10);
  await publish(receivedUpdates('bot', 100));
  await until('an attempt to store', () => stoppable.attempts > 1);
  await aggregator.close();
  expect(stoppable.events.size).toBe(0);
  stoppable.isDown = false;
  await start(stoppable);
  await until('all to be counted', () => sumOf('bot', 'requests_received') === 100);
});

type StoreStep = 'save' | 'loadPositions' | 'loadWindowsSince' | 'loadWindows';

/** Takes a question of one kind, and answers it only when told to. */
class HangingStore extends MemoryAggregateStore {
  hangs: StoreStep | null = null;
  asked = 0;
  readonly #answer = Promise.withResolvers<void>();

  answerAtLast(): void {
    this.hangs = null;
    this.#answer.resolve();
  }

  override async save(...args: Parameters<MemoryAggregateStore['save']>) {
    await this.#hang('save');
    return super.save(...args);
  }

  override async loadPositions(...args: Parameters<MemoryAggregateStore['loadPositions']>) {
    await this.#hang('loadPositions');
    return super.loadPositions(...args);
  }

  override async loadWindowsSince(...args: Parameters<MemoryAggregateStore['loadWindowsSince']>) {
    await this.#hang('loadWindowsSince');
    return super.loadWindowsSince(...args);
  }

  override async loadWindows(...args: Parameters<MemoryAggregateStore['loadWindows']>) {
    await this.#hang('loadWindows');
    return super.loadWindows(...args);
  }

  async #hang(step: StoreStep): Promise<void> {
    if (this.hangs !== step) return;
    this.asked += 1;
    await this.#answer.promise;
  }
}

test.each(['save', 'loadPositions', 'loadWindowsSince', 'loadWindows'] as const)(
  'stops while the store hangs in %s; an answer that comes later changes no count',
  async (step) => {
    const hanging = new HangingStore();
    store = hanging;
    hanging.hangs = step;
    const aggregator = await start(hanging, 10);
    await publish(receivedUpdates('bot', 30));
    // Only windows of the past are asked for one by one.
    const timestamp = new Date(Date.now() - 48 * 3_600_000).toISOString();
    await publish([{ ...event('bot', 'received', 30), timestamp }]);
    await until('the store to be asked', () => hanging.asked > 0);
    const closed = await settleWithin(3_000, () => aggregator.close());
    expect(closed.kind).toBe('done');
    expect(hanging.events.size).toBeLessThan(31);
    hanging.hangs = null;
    await start(hanging);
    await until('all to be counted', () => sumOf('bot', 'requests_received') === 31);
    hanging.answerAtLast();
    await nextTurn();
    await publish([event('bot', 'processed', 30)]);
    await until('a later event', () => sumOf('bot', 'requests_processed') === 1);
    expect(sumOf('bot', 'requests_received')).toBe(31);
    expect(hanging.events.size).toBe(32);
    expect(aggregator.assignedPartitions).toBe(0);
  },
);

test('an update that a reporting bot never processed becomes a Timeout error, once', async () => {
  await start();
  await publish([event('reports', 'processed', 1)]);
  await publish([
    event('reports', 'received', 2),
    event('reports', 'received', 3),
    event('silent', 'received', 4),
  ]);
  await publish([event('reports', 'processed', 2)]);
  await until(
    'the reports',
    () =>
      sumOf('reports', 'requests_processed') === 2 && sumOf('silent', 'requests_received') === 1,
  );
  aheadMs = 60_000;
  await until('the time-out', () => sumOf('reports', 'timeout_errors') === 1);
  const [timeout] = store.events
    .values()
    .filter((one) => one.event.error_type === 'Timeout')
    .toArray();
  expect(timeout?.event).toMatchObject({
    bot_id: 'reports',
    update_id: 3,
    event_type: 'error',
    status: 'failed',
  });
  expect(sumOf('silent', 'timeout_errors')).toBe(0);
});

/** A bot whose events go to another partition. */
async function botApartFrom(botId: string): Promise<string> {
  const taken = await log.partitionFor(EVENTS_TOPIC, botId);
  for (let n = 0; ; n += 1) {
    if ((await log.partitionFor(EVENTS_TOPIC, `bot-${n}`)) !== taken) return `bot-${n}`;
  }
}

test('while the store is away, a report that was not read yet is no time-out', async () => {
  const announced: string[] = [];
  const follower = await log.follow({
    topic: EVENTS_TOPIC,
    onMessage: ({ key, value }) => {
      if (Buffer.from(value ?? []).includes('"Timeout"')) announced.push(`${key}`);
    },
  });
  const timeoutsOf = (botId: string) => announced.filter((one) => one === botId).length;
  const stoppable = new StoppableStore();
  stoppable.isDown = false;
  store = stoppable;
  const aggregator = await start(stoppable, 10);
  const silent = await botApartFrom('works');
  await publish([event('works', 'processed', 1), event(silent, 'processed', 1)]);
  await until(
    'both to be known as reporting',
    () => sumOf('works', 'requests_processed') + sumOf(silent, 'requests_processed') === 2,
  );
  stoppable.isDown = true;
  await publish([event(silent, 'received', 2), event('works', 'received', 2)]);
  await publish(Array.from({ length: 20 }, (_, n) => event('works', 'response_sent', n)));
  await until('reading to wait', () => aggregator.isPaused && aggregator.unstoredEvents >= 12);
  // The aggregator reads nothing more of the partition, so the report stays unread.
  await publish([event('works', 'processed', 2)]);
  aheadMs = 60_000;
  await until('the update that nobody processed', () => timeoutsOf(silent) > 0);
  expect(timeoutsOf('works')).toBe(0);
  stoppable.isDown = false;
  await until('the report', () => sumOf('works', 'requests_processed') === 2);
  await publish([event(silent, 'received', 3)]);
  await until('the next one', () => sumOf(silent, 'requests_received') === 2);
  aheadMs = 120_000;
  await until('the next time-out', () => timeoutsOf(silent) > 1);
  expect(timeoutsOf('works')).toBe(0);
  // Announced once each: no announcement is repeated while it waits to be read.
  expect(timeoutsOf(silent)).toBe(2);
  await follower.close();
});

test('a restart invents no time-outs', async () => {
  const first = await start();
  const repeated = event('reports', 'received', 1);
  await publish([event('begins-later', 'received', 1)]);
  await publish([
    event('reports', 'processed', 0),
    repeated,
    event('reports', 'processed', 1),
    repeated,
  ]);
  await publish([event('begins-later', 'processed', 2), event('reports', 'received', 3)]);
  await until('the reports', () => sumOf('reports', 'requests_received') === 2);
  await first.close();
  await start();
  await until('the only time-out', () => {
    aheadMs += 1_000;
    return sumOf('reports', 'timeout_errors') > 0;
  });
  await publish([event('reports', 'processed', 4), event('begins-later', 'processed', 4)]);
  await until('later reports', () => sumOf('begins-later', 'requests_processed') === 2);
  expect(sumOf('reports', 'timeout_errors')).toBe(1);
  expect(sumOf('begins-later', 'timeout_errors')).toBe(0);
});

test('sets aside what it cannot read, and counts the rest', async () => {
  const deadLetters: LogMessage[] = [];
  const follower = await log.follow({
    topic: DEAD_LETTER_TOPIC,
    onMessage: (message) => deadLetters.push(message),
  });
  await start();
  await publish(receivedUpdates('bot', 1));
  await log.publish([{ topic: EVENTS_TOPIC, key: 'bot', value: '{"broken":' }]);
  await publish(receivedUpdates('bot', 1));
  await until('both good ones', () => sumOf('bot', 'requests_received') === 2);
  const [letter] = await until('the dead letter', () => deadLetters.length > 0 && deadLetters);
  expect(letter?.headers).toMatchObject({
    reason: 'the value is not JSON',
    topic: EVENTS_TOPIC,
    offset: '1',
  });
  expect(Buffer.from(letter?.value ?? []).toString()).toBe('{"broken":');
  await follower.close();
});
