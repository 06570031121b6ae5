/** The endpoint as a process: what it took it keeps, and it goes with whoever started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PlainClients, selectRows as select } from '../support/plain-clickhouse.ts';
import { type LocalClickHouse, startLocalClickHouse } from './local-server.ts';
import { isClickHouseAnswering } from './probe.ts';

let server: LocalClickHouse;
const clients = new PlainClients();

beforeAll(async () => {
  server = await startLocalClickHouse();
});
afterAll(async () => {
  await clients.close();
  await server?.close();
});

test('keeps what it acknowledged when it is killed', async () => {
  const victim = await startLocalClickHouse();
  try {
    const client = clients.open(victim.url);
    await client.command({
      query: 'CREATE TABLE kept (id UInt32) ENGINE = MergeTree ORDER BY id',
    });
    let acknowledged = 0;
    const inserting = (async () => {
      for (;;) {
        await client.insert({
          table: 'kept',
          values: [{ id: acknowledged }],
          format: 'JSONEachRow',
        });
        acknowledged += 1;
      }
    })();
    await until('some inserts', () => acknowledged > 50);
    await victim.kill();
    await expect(inserting).rejects.toThrow();
    await victim.restart();
    const [[count, highest]] = (await select(
      client,
      'SELECT toUInt32(count()), max(id) FROM kept',
    )) as [[number, number]];
    // The insert under way may have been stored without an answer.
    expect([acknowledged, acknowledged + 1]).toContain(count);
    expect(highest).toBe(count - 1);
  } finally {
    await victim.close();
  }
});

test('answers nothing while it is frozen, and everything afterwards', async () => {
  const client = clients.open(server.url);
  await server.freeze();
  const answer = select(client, 'SELECT 7');
  expect(await isClickHouseAnswering(server.url)).toBe(false);
  await server.thaw();
  expect(await answer).toEqual([[7]]);
});

test('stops when asked to, and goes on with the same data and address', async () => {
  const client = clients.open(server.url);
  await client.command({ query: 'CREATE TABLE stays (a UInt8) ENGINE = MergeTree ORDER BY a' });
  await server.stop();
  await server.ended();
  expect(await isClickHouseAnswering(server.url)).toBe(false);
  await server.restart();
  expect(await select(client, 'EXISTS TABLE stays')).toEqual([[1]]);
});

test('is gone with its folder when whoever started it is killed', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'hookpulse-orphan-'));
  const module = JSON.stringify(join(import.meta.dirname, 'local-server.ts'));
  const code = `const { startLocalClickHouse } = await import(${module});
    console.log((await startLocalClickHouse()).url);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(starter.stdout), 'line');
  expect(await isClickHouseAnswering(url)).toBe(true);
  expect(await readdir(temporary)).toHaveLength(1);
  starter.kill('SIGKILL');
  await until('the folder to go', async () => (await readdir(temporary)).length === 0);
  expect(await isClickHouseAnswering(url)).toBe(false);
  await rm(temporary, { recursive: true });
});

test('says why it cannot start', async () => {
  const port = Number(new URL(server.url).port);
  await server.freeze(); // its port is taken, and its answer not mistaken for the new one's
  await expect(startLocalClickHouse({ port })).rejects.toThrow(/EADDRINUSE/);
  await server.thaw();
});

test('writes what fails to a file that is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-log-'));
  const logPath = join(folder, 'queries.log');
  const talkative = await startLocalClickHouse({ logPath });
  try {
    await expect(select(clients.open(talkative.url), 'SELECT * FROM nowhere')).rejects.toThrow();
  } finally {
    await talkative.close();
  }
  expect(await readFile(logPath, 'utf8')).toMatch(/UNKNOWN_TABLE.* in: SELECT \* FROM nowhere/);
  await rm(folder, { recursive: true });
});
