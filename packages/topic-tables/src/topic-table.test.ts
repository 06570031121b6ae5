import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import {
  openSqliteEventLog,
  type SqliteEventLog,
} from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { describeWithKafka } from '../../../test/setup/requirements.ts';
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

function describeTopicTable(openLog: () => Promise<{ log: EventLog; close(): Promise<void> }>) {
  describe('a topic table', () => {
    let opened: Awaited<ReturnType<typeof openLog>>;
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

describe('SQLite', () => {
  let sqlite: SqliteEventLog;
  const openLog = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hookpulse-table-'));
    sqlite = await openSqliteEventLog({ directory, retentionDays: 7 }, silent);
    const close = async () => {
      await sqlite.close();
      await rm(directory, { recursive: true });
    };
    return { log: sqlite, close };
  };
  describeTopicTable(openLog);

  test('a topic that was made anew begins an empty table', async () => {
    const { log, close } = await openLog();
    const topic = 'table';
    const spec = { name: topic, partitions: 1, compacted: true };
    await log.ensureTopics([spec]);
    const table = open(topic, { log });
    await table.opened;
    await table.write([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]);
    await sqlite.deleteTopic(topic);
    await log.ensureTopics([spec]);
    await table.write([{ key: 'c', value: '3' }]);
    expect(table.rows()).toEqual([3]);
    await table.close();
    await close();
  });
});

describeWithKafka('Kafka', (brokers) =>
  describeTopicTable(async () => {
    const settings = { brokers, ssl: false, sasl: null, clientId: 'topic-table' };
    const log = await openKafkaEventLog(settings, silent, { publishLimitMs: 30_000 });
    return { log, close: () => log.close() };
  }),
);

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
