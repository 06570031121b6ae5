import { DatabaseSync } from 'node:sqlite';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { type LogMessage, LogUnavailableError } from '../event-log.ts';
import { numbered } from '../testing/contract-context.ts';
import { RecordingHandler, textOf } from '../testing/recording-handler.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { AUDIT_TOPIC } from '../topics.ts';
import { databasePath } from './database.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import { withTestLogs } from './testing/test-log.ts';

const TOPIC = 'topic';
/** Only the first round, at opening, is wanted. */
const ONE_ROUND_MS = HOUR_MS;

/** Changes what is stored behind the log's back; each test's first partition has the id 1. */
function alterStored(directory: string, sql: string): void {
  const database = new DatabaseSync(databasePath(directory));
  database.exec(sql);
  database.close();
}

function makeOlder(directory: string, ageMs: number, where: string): void {
  alterStored(
    directory,
    `UPDATE messages_1 SET timestamp_ms = timestamp_ms - ${ageMs} WHERE ${where}`,
  );
}

async function follow(log: SqliteEventLog): Promise<LogMessage[]> {
  const seen: LogMessage[] = [];
  const follower = await log.follow({ topic: TOPIC, onMessage: (message) => seen.push(message) });
  await follower.caughtUp;
  return seen;
}

describe('retention', () => {
  test('deletes what is too old, in more than one step, and keeps the rest', () =>
    withTestLogs(async ({ directory, open }) => {
      let log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
      await log.publish(numbered(TOPIC, 2_000));
      await log.close();
      makeOlder(directory, 8 * DAY_MS, '"offset" < 1700');

      log = await open({ maintenanceIntervalMs: ONE_ROUND_MS });
      const range = async () => (await log.ranges(TOPIC))[0];
      await waitUntil(async () => (await range())?.startOffset === 1700n);
      expect(await range()).toMatchObject({ endOffset: 2000n });
      expect((await follow(log)).map(({ offset }) => offset).at(0)).toBe(1700n);
    }));

  test('keeps the audit longer than what is not told to be kept', () =>
    withTestLogs(async ({ directory, open }) => {
      let log = await open();
      const names = [AUDIT_TOPIC, TOPIC];
      await log.ensureTopics(names.map((name) => ({ name, partitions: 1, compacted: false })));
      for (const name of names) await log.publish(numbered(name, 2));
      await log.close();
      for (const id of [1, 2]) {
        const ages = `CASE "offset" WHEN 0 THEN ${91 * DAY_MS} ELSE ${89 * DAY_MS} END`;
        alterStored(directory, `UPDATE messages_${id} SET timestamp_ms = timestamp_ms - ${ages}`);
      }

      log = await open({ maintenanceIntervalMs: ONE_ROUND_MS });
      const startOf = async (name: string) => (await log.ranges(name))[0]?.startOffset;
      await waitUntil(async () => (await startOf(TOPIC)) === 2n);
      await waitUntil(async () => (await startOf(AUDIT_TOPIC)) === 1n);
    }));

  test('reuses no offset and turns back no clock when everything was deleted', () =>
    withTestLogs(async ({ directory, open }) => {
      let log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
      await log.publish(numbered(TOPIC, 10));
      await log.close();
      const futureMs = Date.now() + HOUR_MS;
      alterStored(directory, `UPDATE messages_1 SET timestamp_ms = ${futureMs}`);

      log = await open({
        retentionDays: -1,
        maintenanceIntervalMs: ONE_ROUND_MS,
      });
      const range = async () => (await log.ranges(TOPIC))[0];
      await waitUntil(async () => (await range())?.startOffset === 10n);
      await log.close();

      log = await open();
      expect(await range()).toMatchObject({ startOffset: 10n, endOffset: 10n });
      const handler = new RecordingHandler();
      await log.consume({ groupId: 'group', topics: [TOPIC], handler });
      await log.publish(numbered(TOPIC, 1));
      await waitUntil(() => handler.messages.length === 1);
      expect(handler.messages[0]).toMatchObject({ offset: 10n, timestampMs: futureMs });
    }));

  test('a consumer whose place was deleted goes on at the first message held', () =>
    withTestLogs(async ({ directory, open }) => {
      let log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
      await log.publish(numbered(TOPIC, 10));
      await log.close();
      makeOlder(directory, 8 * DAY_MS, '"offset" < 6');

      log = await open({ maintenanceIntervalMs: ONE_ROUND_MS });
      await waitUntil(async () => (await log.ranges(TOPIC))[0]?.startOffset === 6n);
      const handler = new RecordingHandler();
      handler.startAt = async () => [{ topic: TOPIC, partition: 0, offset: 2n }];
      await log.consume({ groupId: 'group', topics: [TOPIC], handler });
      await waitUntil(() => handler.messages.length === 4);
      expect(handler.values).toEqual(['6', '7', '8', '9']);
    }));
});

describe('log time', () => {
  test('does not go back when the clock of the system does', () =>
    withTestLogs(async ({ directory, open }) => {
      let log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
      await log.publish(numbered(TOPIC, 1));
      await log.close();
      const futureMs = Date.now() + HOUR_MS;
      alterStored(directory, `UPDATE messages_1 SET timestamp_ms = ${futureMs}`);

      log = await open();
      await log.publish(numbered(TOPIC, 1));
      const seen = await follow(log);
      expect(seen.map(({ timestampMs }) => timestampMs)).toEqual([futureMs, futureMs]);
    }));
});

describe('compaction', () => {
  test('keeps one message of each key, and never reuses an offset', () =>
    withTestLogs(async ({ open }) => {
      const log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: true }]);
      for (let round = 0; round < 50; round += 1) {
        await log.publish(['a', 'b'].map((key) => ({ topic: TOPIC, key, value: String(round) })));
      }
      const seen = await follow(log);
      expect(seen.map((message) => [message.key, textOf(message), message.offset])).toEqual([
        ['a', '49', 98n],
        ['b', '49', 99n],
      ]);
      expect(await log.ranges(TOPIC)).toMatchObject([{ startOffset: 98n, endOffset: 100n }]);
    }));

  test('deletes tombstones after a while, but never the newest message', () =>
    withTestLogs(async ({ directory, open }) => {
      let log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: true }]);
      const message = (key: string, value: string | null) => ({ topic: TOPIC, key, value });
      await log.publish([message('a', null), message('b', 'kept'), message('c', null)]);
      await log.publish([message('d', null)]);
      await log.close();
      makeOlder(directory, 2 * DAY_MS, `key IN ('a', 'b', 'd')`);

      log = await open({ maintenanceIntervalMs: ONE_ROUND_MS });
      await waitUntil(async () => (await log.ranges(TOPIC))[0]?.startOffset === 1n);
      // `c` is too young; `d` is the last one, which shows readers where the end is.
      expect((await follow(log)).map(({ key }) => key)).toEqual(['b', 'c', 'd']);
    }));
});

describe('a write that fails', () => {
  test('rejects its publishes as unavailable, and later ones go on at the next offset', () =>
    withTestLogs(async ({ directory, open }) => {
      const log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
      await log.publish(numbered(TOPIC, 2));
      alterStored(
        directory,
        `CREATE TRIGGER full BEFORE INSERT ON messages_1 WHEN NEW.key = 'refused'
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
      );
      const partlyRefused = [...numbered(TOPIC, 2), ...numbered(TOPIC, 1, 'refused')];
      await expect(log.publish(partlyRefused)).rejects.toThrow(LogUnavailableError);
      await log.ping();
      await log.publish(numbered(TOPIC, 1));
      expect(await log.ranges(TOPIC)).toMatchObject([{ startOffset: 0n, endOffset: 3n }]);
      expect((await follow(log)).map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    }));

  test('is noticed by a ping while nothing can be written, and no longer when it can', () =>
    withTestLogs(async ({ directory, open }) => {
      const log = await open();
      await log.ping();
      const other = new DatabaseSync(databasePath(directory));
      other.exec('BEGIN IMMEDIATE'); // nobody else writes now
      await expect(log.ping()).rejects.toThrow(LogUnavailableError);
      other.exec('ROLLBACK');
      other.close();
      await log.ping();
    }));
});

describe('a purge', () => {
  test('that a reader of the file keeps from its work rejects no publish beside it', () =>
    withTestLogs(async ({ directory, open }) => {
      const log = await open();
      await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
      await log.publish(numbered(TOPIC, 1));
      const backup = new DatabaseSync(databasePath(directory), { readOnly: true });
      backup.exec('BEGIN');
      backup.prepare('SELECT * FROM messages_1').all();
      const published = [log.publish(numbered(TOPIC, 2))];
      const purged = log.purge();
      published.push(log.publish(numbered(TOPIC, 3)));
      const results = Promise.allSettled([...published, purged]);
      await expect(purged).rejects.toThrow('is being read');
      expect((await results).map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
      expect(await log.ranges(TOPIC)).toMatchObject([{ startOffset: 0n, endOffset: 6n }]);
      backup.close();
      await log.purge();
    }));
});

describe('the folder', () => {
  test('belongs to one log at a time', () =>
    withTestLogs(async ({ open }) => {
      const log = await open();
      await expect(open()).rejects.toThrow(LogUnavailableError);
      await log.close();
      await open();
    }));
});
