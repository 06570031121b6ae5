/** The client over HTTP, where servers restart, refuse, and die in the middle of an answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createZstdDecompress } from 'node:zlib';
import { serveHttp } from '@hookpulse/common/testing/serve-http';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { generate } from 'selfsigned';
import {
  type LocalClickHouse,
  startLocalClickHouse,
} from '../../../test/clickhouse-server/local-server.ts';
import { createDatabase } from './create-database.ts';
import { migrate } from './migrate.ts';
import { type ClickHouseClient, openClickHouse } from './open-client.ts';
import { pingClickHouse, pingTables } from './ping.ts';
import { StoreEmptiedError } from './store-errors.ts';

const NO_FOLDER = '';
let server: LocalClickHouse;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startLocalClickHouse();
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});
afterAll(() => server?.close());

async function open(url = server.url, caFile: string | null = null): Promise<ClickHouseClient> {
  const client = await openClickHouse({ url, dataDir: NO_FOLDER, caFile });
  closers.push(() => client.close());
  return client;
}

async function select(client: ClickHouseClient, query: string): Promise<unknown[]> {
  return (await client.query({ query, format: 'JSONCompactEachRow' })).json();
}

function urlOf(database: string): string {
  return new URL(`/${database}`, server.url).href;
}

/** Speaks HTTP badly, as a server that dies or a proxy in between. @returns its URL */
async function serve(listener: RequestListener): Promise<string> {
  const stub = await serveHttp(listener);
  closers.push(stub.close);
  return stub.url;
}

test('a server that restarts is found again by the next query, on no connection of before', async () => {
  const client = await open();
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 5 }, () => select(client, 'SELECT 1')));
    await server.kill();
    await expect(select(client, 'SELECT 1')).rejects.toMatchObject({
      code: expect.stringMatching(/^ECONN/),
    });
    await server.restart();
    expect(await select(client, 'SELECT 1')).toEqual([[1]]);
  }
});

describe('an answer', () => {
  test('that does not come is an error of the network', async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(select(await open(url), 'SELECT 1')).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });

  test('that breaks off is an error, not fewer rows', async () => {
    const url = await serve((_request, response) => {
      response.write('[1]\n[2]\n');
      setImmediate(() => response.destroy());
    });
    await expect(select(await open(url), 'SELECT 1')).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });

  test('is asked for as a whole, and inserts to be done when they are answered', async () => {
    const seen: URLSearchParams[] = [];
    const url = await serve((request, response) => {
      seen.push(new URL(request.url ?? '', 'http://localhost').searchParams);
      response.end();
    });
    await (await open(url)).command({ query: 'SELECT 1' });
    expect(Object.fromEntries(seen[0] ?? [])).toMatchObject({
      wait_end_of_query: '1',
      async_insert: '0',
    });
  });
});

test('inserts travel compressed', async () => {
  const bodies: string[] = [];
  const url = await serve(async (request, response) => {
    expect(request.headers['content-encoding']).toBe('zstd');
    bodies.push(await text(request.pipe(createZstdDecompress())));
    response.end();
  });
  const client = await open(url);
  await client.insert({ table: 't', values: [{ a: 1 }], format: 'JSONEachRow' });
  expect(bodies).toEqual(['{"a":1}\n']);
});

describe('the database of the URL', () => {
  const settingsOf = (url: string) => ({ url, dataDir: NO_FOLDER });

  test.each(['not_there_yet', 'with%20space', 'back`tick', 'closed_by_a_slash/'])(
    'is made when it is missing: %s',
    async (database) => {
      const url = urlOf(database);
      await expect(pingClickHouse(await open(url))).rejects.toMatchObject({ code: '81' });
      await createDatabase(settingsOf(url));
      await createDatabase(settingsOf(url));
      const client = await open(url);
      await migrate(client, { retentionDays: 7 }, silentLogger);
      const name = decodeURIComponent(database).replace('/', '');
      expect(await select(client, 'SELECT currentDatabase()')).toEqual([[name]]);
    },
  );

  test('is missed when it, or its tables, were dropped', async () => {
    const url = urlOf('dropped');
    await createDatabase(settingsOf(url));
    const client = await open(url);
    await expect(pingTables(client)).rejects.toBeInstanceOf(StoreEmptiedError);
    await migrate(client, { retentionDays: 7 }, silentLogger);
    await pingTables(client);
    await (await open()).command({ query: 'DROP DATABASE dropped' });
    await expect(pingTables(client)).rejects.toBeInstanceOf(StoreEmptiedError);
    await expect(pingTables(await open('http://127.0.0.1:1'))).rejects.not.toBeInstanceOf(
      StoreEmptiedError,
    );
  });

  test('need not be named', async () => {
    await createDatabase(settingsOf(urlOf('')));
    expect(await select(await open(urlOf('')), 'SELECT currentDatabase()')).toEqual([['default']]);
  });

  test('is asked of nobody for the embedded engine', async () => {
    await createDatabase({ url: null, dataDir: NO_FOLDER });
  });
});

describe('a server that refuses', () => {
  test('says so by code, to whoever has a wrong password', async () => {
    const url = server.url.replace(':hookpulse@', ':wrong@');
    for (const asked of [pingClickHouse(await open(url)), createDatabase({ url, dataDir: '' })]) {
      await expect(asked).rejects.toMatchObject({ code: '516' });
    }
  });

  test('is heard by the caller alone: the client writes to no console', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
    const spies = methods.map((name) => jest.spyOn(console, name).mockImplementation(() => {}));
    const client = await open();
    await expect(select(client, 'SELECT * FROM nowhere')).rejects.toMatchObject({ code: '60' });
    await expect(pingClickHouse(await open('http://127.0.0.1:1'))).rejects.toThrow();
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});

test('https is spoken with a server whose authority is given, and with no other', async () => {
  const extensions = [
    { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] },
  ];
  const { private: key, cert } = await generate(undefined, { extensions });
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-tls-'));
  closers.push(() => rm(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, cert);
  const secure = await startLocalClickHouse({ tls: { key, cert } });
  closers.push(() => secure.close());
  expect(await select(await open(secure.url, caFile), 'SELECT 1')).toEqual([[1]]);
  await expect(select(await open(secure.url), 'SELECT 1')).rejects.toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
});
