/** Starting with what cannot work: one clear message, exit code 1, nothing left running. */

import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runHookpulse, runNpmStart, startHookpulse } from './support/hookpulse-process.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-start-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start drains on %s and leaves nothing running',
  async (signal) => {
    const { exitCode, output } = await runNpmStart(dataDir, signal);
    expect(output).toContain('"msg":"stopped"');
    expect(exitCode).toBe(0);
  },
);

test('the first start prints the admin token, later ones where it is', async () => {
  const first = await startHookpulse(dataDir);
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  expect(first.output()).toContain(token);
  await first.stop('SIGTERM');
  const second = await startHookpulse(dataDir);
  expect(second.output()).toContain(join(dataDir, 'admin-token'));
  expect(second.output()).not.toContain(token);
  await second.stop('SIGTERM');
});

test('a read token leaves the admin token as it was', async () => {
  const first = await startHookpulse(dataDir);
  await first.stop('SIGTERM');
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const second = await startHookpulse(dataDir, { READ_TOKEN: 'a-token-that-reads' });
  const authorization = `Bearer ${token}`;
  const added = await fetch(`${second.urls.queryApi}/api/bots`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Still added' }),
  });
  expect(added.status).toBe(201);
  expect((await fetch(`${second.urls.queryApi}/api/health/webhook/`)).status).toBe(401);
  await second.stop('SIGTERM');
});

test('names every bad variable at once', async () => {
  const { exitCode, output } = await runHookpulse(dataDir, {
    WEBHOOK_ERROR_RATE_THRESHOLD: 'ten',
    KAFKA_BROKERS: 'no port',
    LOG_LEVEL: 'loud',
  });
  expect(exitCode).toBe(1);
  for (const name of ['WEBHOOK_ERROR_RATE_THRESHOLD', 'KAFKA_BROKERS', 'LOG_LEVEL']) {
    expect(output).toContain(name);
  }
  expect(output).not.toMatch(/\n\s+at /);
});

test('refuses to listen beyond loopback without tokens', async () => {
  const { exitCode, output } = await runHookpulse(dataDir, { HOST: '0.0.0.0' });
  expect(exitCode).toBe(1);
  expect(output).toContain('ADMIN_TOKEN');
});

test('says which folder cannot be used', async () => {
  const file = join(dataDir, 'a-file');
  await writeFile(file, '');
  const { exitCode, output } = await runHookpulse(file);
  expect(exitCode).toBe(1);
  expect(output).toContain(`Hookpulse cannot start: The data folder ${file} cannot be used`);
});

test('says which port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { exitCode, output } = await runHookpulse(dataDir, { INGEST_PORT: `${address.port}` });
  expect(exitCode).toBe(1);
  expect(output).toContain(`port ${address.port} is in use`);
  expect(output).toContain('another INGEST_PORT');
  server.close();
  // Nothing was made that the next start would not tell of any more.
  expect(await readdir(dataDir)).toEqual(['lock.db']);
});
