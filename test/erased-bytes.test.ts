/** After a bot was erased: what the bytes of the data folder still say of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HookpulseClient } from './support/hookpulse-client.ts';
import { type HookpulseProcess, startHookpulse } from './support/hookpulse-process.ts';

/** Found nowhere else. In the log, what was delivered and reported stays until its retention. */
const SECRET = {
  name: 'Quokkanaut',
  formerName: 'Pangolinist',
  receiver: 'marmalade@zanzibar.example',
  reason: 'xylophonic-repairs',
};
const REPORTED = { error: 'velociraptor-is-out', update: 'ocarina-lesson' };
const LOG_FILES = /^log\.db(-wal|-shm)?$/;
/** Others, so that pages are shared and split. */
const OTHER_BOTS = 40;

let dataDir: string;
let hookpulse: HookpulseProcess;
let client: HookpulseClient;
let adminToken: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-bytes-'));
  hookpulse = await startHookpulse(dataDir, { LOG_LEVEL: 'warn', ADMIN_EMAIL: 'ops@example.com' });
  adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  client = new HookpulseClient(hookpulse.urls, adminToken);
});
afterAll(async () => {
  await hookpulse?.stop('SIGTERM'); // there is none when it did not start
  await rm(dataDir, { recursive: true, force: true });
});

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${hookpulse.urls.queryApi}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Names of the files that have a text, as it is or as mails encode it. */
function filesWith(text: string): string[] {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true });
  const needles = [text, Buffer.from(text).toString('base64').replace(/=+$/, '').slice(4, -4)];
  return files
    .filter((file) => file.isFile())
    .filter((file) => {
      const bytes = readFileSync(join(file.parentPath, file.name));
      return needles.some((needle) => needle !== '' && bytes.includes(needle));
    })
    .map((file) => file.name);
}

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

async function makeHistory(): Promise<void> {
  const bot = await client.registerBot('erased');
  await ask('PATCH', '/api/bots/erased', { name: SECRET.formerName });
  await ask('PATCH', '/api/bots/erased', {
    name: SECRET.name,
    alerts: { receivers: [SECRET.receiver] },
  });
  for (let n = 0; n < OTHER_BOTS; n += 1) await client.registerBot(`other-${n}`);
  await client.deliver('erased', bot.secret, {
    update_id: 1,
    message: { message_id: 1, text: REPORTED.update },
  });
  const error = { bot_id: 'erased', event_type: 'error', error_message: REPORTED.error };
  await client.report(bot.reportToken, Array(20).fill(error));
  await until('the mail', () => filesWith(SECRET.name).some((name) => name.endsWith('.eml')));
  await until('the alert in the store', async () => {
    const { alerts } = await ask<{ alerts: { mail?: { state: string } }[] }>(
      'GET',
      '/api/alerts?bot_id=erased',
    );
    return alerts.length > 0;
  });
  await ask('POST', '/api/silences', {
    bot_id: 'erased',
    reason: SECRET.reason,
    created_by: 'Ada',
    ends_at: new Date(Date.now() + 3_600_000).toISOString(),
  });
}

test('names, receivers and texts are in no file but where the answer says so', async () => {
  await makeHistory();
  for (const text of Object.values(SECRET)) expect(filesWith(text)).not.toEqual([]);
  for (const text of Object.values(REPORTED)) expect(filesWith(text)).not.toEqual([]);

  // On a busy machine a part may not answer in time; asking again does the rest.
  const erased = await until(
    'the bot to be erased',
    () => ask<ErasedHistory>('DELETE', '/api/bots/erased?erase=true'),
    180_000,
  );
  expect(erased).toMatchObject({ alerts: 1, remains: [{}] });

  for (const text of Object.values(SECRET)) expect([text, filesWith(text)]).toEqual([text, []]);
  const [left] = erased.remains;
  for (const text of Object.values(REPORTED)) {
    for (const name of filesWith(text)) expect(name).toMatch(LOG_FILES);
    for (const topic of topicsWith(text)) expect(left?.what).toContain(topic);
  }
  const { entries } = await ask<{ entries: { method: string; change: unknown; target: string }[] }>(
    'GET',
    '/api/audit',
  );
  const own = entries.filter(({ target }) => target === '/api/bots/erased');
  expect(own.filter(({ method }) => method !== 'DELETE')).toEqual([
    expect.objectContaining({
      method: 'PATCH',
      change: { name: '[erased]', alerts: { receivers: ['[erased]'] } },
    }),
    expect.objectContaining({ method: 'PATCH', change: { name: '[erased]' } }),
    expect.objectContaining({ method: 'POST', change: { bot_id: 'erased', name: '[erased]' } }),
  ]);
});
