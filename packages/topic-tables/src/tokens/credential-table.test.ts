import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { TOKENS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { credentialTable, USE_NOTED_EVERY_MS } from './credential-table.ts';

const logger = silentLogger;
const schema = Compile(Type.Object({ name: Type.String() }));
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

let directory: string;
let log: EventLog;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-credentials-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
});
afterAll(async () => {
  await log.close();
  await rm(directory, { recursive: true });
});

async function open(tableLog: Pick<EventLog, 'publish' | 'follow'> = log) {
  const definition = { topic: TOKENS_TOPIC, what: 'tokens', schema };
  const table = credentialTable(definition, { log: tableLog, logger });
  await table.opened;
  return table;
}

test('finds a record by its secret, in every process, with its last use', async () => {
  const [one, other] = [await open(), await open()];
  await one.put('secret', { name: 'Ann' });
  const found = await until('the record', () => other.find('secret'));
  expect(found).toEqual({
    sha256: sha256Hex('secret'),
    record: { name: 'Ann' },
    lastUsedAtMs: null,
  });
  expect(one.find('another')).toBeNull();
  other.noteUse(found, NOW_MS);
  await until('the use', () => one.find('secret')?.lastUsedAtMs === NOW_MS);
  const later = await open();
  expect(later.list()).toMatchObject([{ lastUsedAtMs: NOW_MS }]);
  await Promise.all([one, other, later].map((table) => table.close()));
});

test('a use that is told after the end brings nothing back', async () => {
  const table = await open();
  await table.put('ended', { name: 'Ben' });
  const kept = table.find('ended');
  if (!kept) throw new Error('nothing was kept');
  await table.remove([kept]);
  table.noteUse(kept, NOW_MS);
  await table.put('next', { name: 'Cleo' });
  expect(table.find('ended')).toBeNull();
  const later = await open();
  expect(later.find('ended')).toBeNull();
  await Promise.all([table.close(), later.close()]);
});

test('a log that is away is asked once in a while, not with every use', async () => {
  let isUp = true;
  let tried = 0;
  const table = await open({
    follow: (options) => log.follow(options),
    publish: async (messages) => {
      tried += 1;
      if (!isUp) throw new LogUnavailableError('away');
      await log.publish(messages);
    },
  });
  await table.put('used', { name: 'Dan' });
  isUp = false;
  tried = 0;
  const kept = table.find('used');
  if (!kept) throw new Error('nothing was kept');
  for (let second = 0; second < 600; second += 1) table.noteUse(kept, NOW_MS + second * 1_000);
  expect(tried).toBe((600 * 1_000) / USE_NOTED_EVERY_MS);
  await table.close();
});
