/** After a bot was erased: what the bytes of the data folder still say of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HookpulseProcess, startHookpulse } from './support/hookpulse-process.ts';
import {
  asAdministrator,
  CONFIDED,
  filesWith,
  makeTellingHistory,
  REPORTED,
  TELLING_BOT,
} from './support/telling-bot.ts';

const LOG_FILES = /^log\.db(-wal|-shm)?$/;

let dataDir: string;
let hookpulse: HookpulseProcess;
let adminToken: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-bytes-'));
  hookpulse = await startHookpulse(dataDir, { LOG_LEVEL: 'warn', ADMIN_EMAIL: 'ops@example.com' });
  adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
});
afterAll(async () => {
  await hookpulse?.stop('SIGTERM'); // there is none when it did not start
  await rm(dataDir, { recursive: true, force: true });
});

/** Topics with a message that has a text. */
function topicsWith(text: string): string[] {
  const database = new DatabaseSync(join(dataDir, 'log.db'), { readOnly: true });
  try {
    const partitions = database.prepare('SELECT id, topic FROM partitions').all();
    return partitions
      .filter(({ id }) => {
        const table = `messages_${id}`;
        const sql = `SELECT count(*) AS found FROM ${table} WHERE instr(value, CAST(? AS BLOB)) > 0`;
        return database.prepare(sql).get(text)?.found !== 0;
      })
      .map(({ topic }) => String(topic));
  } finally {
    database.close();
  }
}

test('names, receivers and texts are in no file but where the answer says so', async () => {
  const ask = asAdministrator(hookpulse.urls.queryApi, adminToken);
  await makeTellingHistory(hookpulse.urls, adminToken, dataDir);
  for (const text of Object.values(CONFIDED)) expect(filesWith(dataDir, text)).not.toEqual([]);
  for (const text of Object.values(REPORTED)) expect(filesWith(dataDir, text)).not.toEqual([]);

  // On a busy machine a part may not answer in time; asking again does the rest.
  const erased = await until(
    'the bot to be erased',
    () => ask<ErasedHistory>('DELETE', `/api/bots/${TELLING_BOT}?erase=true`),
    180_000,
  );
  expect(erased).toMatchObject({ alerts: 1, remains: [{}] });

  for (const text of Object.values(CONFIDED))
    expect([text, filesWith(dataDir, text)]).toEqual([text, []]);
  const [left] = erased.remains;
  for (const text of Object.values(REPORTED)) {
    for (const name of filesWith(dataDir, text)) expect(basename(name)).toMatch(LOG_FILES);
    for (const topic of topicsWith(text)) expect(left?.what).toContain(topic);
  }
  const { entries } = await ask<{ entries: { method: string; change: unknown; target: string }[] }>(
    'GET',
    '/api/audit',
  );
  const own = entries.filter(({ target }) => target === `/api/bots/${TELLING_BOT}`);
  expect(own.filter(({ method }) => method !== 'DELETE')).toEqual([
    expect.objectContaining({
      method: 'PATCH',
      change: { name: '[erased]', alerts: { receivers: ['[erased]'] } },
    }),
    expect.objectContaining({ method: 'PATCH', change: { name: '[erased]' } }),
    expect.objectContaining({ method: 'POST', change: { bot_id: TELLING_BOT, name: '[erased]' } }),
  ]);
});
