import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import {
  type EventLog,
  type FollowOptions,
  LogUnavailableError,
} from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { describeWithKafka } from '../../../test/setup/requirements.ts';
import { KafkaByHand } from '../../../test/support/kafka-by-hand.ts';
import {
  TableNotReadError,
  type TopicTable,
  type TopicTableDeps,
  topicTable,
} from './topic-table.ts';

const silent = silentLogger;

/** A row counts what came since it was begun; `<key>|add` adds to a row that is there. */
type Change = { readonly begin: number } | { readonly add: number } | 'end';

function definition(topic: string) {
  return {
    topic,
    what: 'counts',
    parse({ key, value }: { key: string | null; value: Uint8Array | null }) {
      const [rowKey, isAdd] = key?.split('|') ?? [];
      if (rowKey === undefined) return null;
      if (value === null) return { key: rowKey, change: 'end' as Change };
      const number = Number(new TextDecoder().decode(value));
      if (!Number.isFinite(number)) return null;
      const change: Change = isAdd === undefined ? { begin: number } : { add: number };
      return { key: rowKey, change };
    },
    evolve(row: number | undefined, change: Change) {
      if (change === 'end') return undefined;
      if ('begin' in change) return change.begin;
      return row === undefined ? undefined : row + change.add;
    },
  };
}

const tables: TopicTable<number>[] = [];
function open(topic: string, deps: Omit<TopicTableDeps, 'logger'> & Partial<TopicTableDeps>) {
  const table = topicTable(definition(topic), { logger: silent, ...deps });
  tables.push(table);
  return table;
}
afterEach(async () => {
  await Promise.all(tables.splice(0).map((table) => table.close()));
});

interface OpenedLog {
  readonly log: EventLog;
  deleteTopic(topic: string): Promise<void>;
  close(): Promise<void>;
}

function describeTopicTable(openLog: () => Promise<OpenedLog>) {
  describe('a topic table', () => {
    let opened: OpenedLog;
    let log: EventLog;
    let topic: string;
    beforeAll(async () => {
      opened = await openLog();
      log = opened.log;
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      topic = `table-${randomUUID()}`;
      await log.ensureTopics([{ name: topic, partitions: 1, compacted: true }]);
    });

    test('shows a write as soon as it has resolved, and folds what follows', async () => {
      const table = open(topic, { log });
      expect(await table.opened).toBe(true);
      expect(table.get('a')).toBeUndefined();
      await table.write([
        { key: 'a', value: '1' },
        { key: 'b', value: '5' },
      ]);
      expect([table.get('a'), table.get('b')]).toEqual([1, 5]);
      await table.write([{ key: 'a|add', value: '2' }]);
      expect(table.rows()).toEqual([3, 5]);
      await table.write([
        { key: 'a', value: null },
        { key: 'a|add', value: null },
      ]);
      expect(table.get('a')).toBeUndefined();
      await table.write([{ key: 'a|add', value: '2' }]);
      expect(table.get('a')).toBeUndefined();
      expect(table.reached(0)).toBe(6n);
    });

    test('is the same in every process, and after a restart', async () => {
      const [first, second] = [open(topic, { log }), open(topic, { log })];
      await Promise.all([first.opened, second.opened]);
      await first.write([{ key: 'a', value: '1' }]);
      await second.write([{ key: 'b', value: '2' }]);
      await until('both rows', () => first.get('b') === 2 && second.get('a') === 1);
      const later = open(topic, { log });
      await later.opened;
      expect(later.rows()).toEqual([1, 2]);
    });

    test('skips and logs what cannot be read, and goes on', async () => {
      const lines: string[] = [];
      const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
      await log.publish([
        { topic, key: 'a', value: 'no number' },
        { topic, key: 'b', value: '2' },
      ]);
      const table = open(topic, { log, logger });
      await table.opened;
      expect(table.rows()).toEqual([2]);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { key: 'a', offset: '0', msg: 'message of the counts skipped: it cannot be read' },
      ]);
    });

    test('tells every change to a listener, until it stops', async () => {
      const table = open(topic, { log });
      await table.opened;
      let told = 0;
      const stop = table.onChange(() => {
        told += 1;
      });
      await table.write([{ key: 'a', value: '1' }]);
      stop();
      await table.write([{ key: 'a', value: '2' }]);
      expect(told).toBe(1);
    });

    test('a topic that was made anew begins an empty table', async () => {
      const table = open(topic, { log, visibilityTimeoutMs: 20_000 });
      await table.opened;
      await table.write([
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ]);
      await opened.deleteTopic(topic);
      await log.ensureTopics([{ name: topic, partitions: 1, compacted: true }]);
      await table.write([{ key: 'c', value: '3' }]);
      expect(table.rows()).toEqual([3]);
    });

    test('waits for its topic to be created', async () => {
      const later = `table-${randomUUID()}`;
      const table = open(later, { log });
      expect(() => table.get('a')).toThrow(TableNotReadError);
      expect(() => table.rows()).toThrow('the counts have not been read from the log yet');
      await log.ensureTopics([{ name: later, partitions: 1, compacted: true }]);
      expect(await table.opened).toBe(true);
      expect(table.rows()).toEqual([]);
    });
  });
}

describe('SQLite', () =>
  describeTopicTable(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hookpulse-table-'));
    const log = await openSqliteEventLog({ directory, retentionDays: 7 }, silent);
    return {
      log,
      deleteTopic: (topic) => log.deleteTopic(topic),
      async close() {
        await log.close();
        await rm(directory, { recursive: true });
      },
    };
  }));

describeWithKafka('Kafka', (brokers) =>
  describeTopicTable(async () => {
    const settings = { brokers, ssl: false, sasl: null, clientId: 'topic-table' };
    const log = await openKafkaEventLog(settings, silent, { publishLimitMs: 30_000 });
    const byHand = await KafkaByHand.connect(brokers);
    return {
      log,
      deleteTopic: (topic) => byHand.deleteTopic(topic),
      async close() {
        await byHand.close();
        await log.close();
      },
    };
  }),
);

test('keeps what it holds while its topic is handed over again', async () => {
  let follower: FollowOptions | null = null;
  const follow = async (options: FollowOptions) => {
    follower = options;
    return { caughtUp: Promise.resolve(), close: async () => {} };
  };
  const table = open('any', { log: { follow, publish: async () => undefined } });
  await table.opened;
  const hand = (offset: bigint, key: string, number: number) =>
    follower?.onMessage({
      ...{ topic: 'any', partition: 0, offset, timestampMs: 0, key, headers: {} },
      value: new TextEncoder().encode(String(number)),
    });
  const reach = (offset: bigint) =>
    follower?.onReached?.({ topic: 'any', partition: 0, offset, readableOffset: 3n });
  hand(0n, 'a', 1);
  hand(1n, 'a|add', 1);
  hand(2n, 'b', 1);
  const updates: unknown[] = [];
  table.onChange(({ key, before, row }) => updates.push([key, before, row]));
  hand(0n, 'a', 1);
  reach(1n);
  hand(1n, 'a|add', 2);
  expect([table.rows(), table.reached(0)]).toEqual([[2, 1], 0n]);
  reach(3n);
  expect([table.rows(), table.reached(0)]).toEqual([[3], 3n]);
  expect(updates).toEqual([
    ['b', 1, undefined],
    ['a', 2, 3],
  ]);
});

describe('without an end of reading', () => {
  const follow = async () => ({ caughtUp: new Promise<void>(() => {}), close: async () => {} });
  const publish = async () => undefined;

  test('closing ends the wait for it', async () => {
    const table = open('any', { log: { follow, publish } });
    await table.close();
    expect(await table.opened).toBe(false);
  });

  test('a write that does not come back in time is refused', async () => {
    const table = open('any', { log: { follow, publish }, visibilityTimeoutMs: 20 });
    const writing = table.write([{ key: 'a', value: '1' }]);
    await expect(writing).rejects.toThrow(LogUnavailableError);
  });
});
