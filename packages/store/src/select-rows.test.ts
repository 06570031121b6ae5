/** Queries over a network that fails them, and answers that are not what was promised. */
import type { RequestListener } from 'node:http';
import { serveHttp } from '@hookpulse/common/testing/serve-http';
import { afterEach, expect, test } from '@jest/globals';
import Type from 'typebox';
import { describeWithClickHouse } from '../../../test/setup/requirements.ts';
import { openClickHouse } from './open-client.ts';
import { rowShape, selectRows } from './select-rows.ts';
import { StoreUnavailableError } from './store-errors.ts';
import { openTestClickHouse } from './testing/open-test-clickhouse.ts';

const shape = rowShape('a number', { a: Type.Integer() });
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Asks a server that answers so. */
async function selectFrom(listener: RequestListener, timeoutMs = 30_000) {
  const server = await serveHttp(listener);
  closers.push(server.close);
  const client = await openClickHouse({ url: server.url, dataDir: '' });
  closers.push(() => client.close());
  return () => selectRows(client, { sql: 'SELECT 1 AS a', shape, timeoutMs });
}

test('a connection that was closed while it was idle is tried once more', async () => {
  let requests = 0;
  const select = await selectFrom((request, response) => {
    requests += 1;
    if (requests === 2) request.socket.destroy();
    else response.end('{"a":1}\n');
  });
  expect(await select()).toEqual([{ a: 1 }]);
  expect(await select()).toEqual([{ a: 1 }]);
  expect(requests).toBe(3);
});

test('a store that never answers is unavailable, after no more than two requests', async () => {
  let requests = 0;
  const select = await selectFrom((request) => {
    requests += 1;
    request.socket.destroy();
  });
  await expect(select()).rejects.toThrow(StoreUnavailableError);
  expect(requests).toBe(2);
});

test.each([
  ['begins', () => undefined],
  ['goes on', (response: Parameters<RequestListener>[1]) => response.write('{"a":1}\n')],
])('an answer that never %s is given up in time', async (_, begin) => {
  const select = await selectFrom((_request, response) => void begin(response), 300);
  await expect(select()).rejects.toThrow(StoreUnavailableError);
});

test.each([
  ['60', 'UNKNOWN_TABLE', 'StoreUnavailableError'],
  ['241', 'MEMORY_LIMIT_EXCEEDED', 'StoreUnavailableError'],
  ['516', 'AUTHENTICATION_FAILED', 'StoreRefusedError'],
  ['497', 'ACCESS_DENIED', 'StoreRefusedError'],
  ['62', 'SYNTAX_ERROR', 'StoreQueryError'],
  ['38', 'CANNOT_PARSE_DATE', 'StoreQueryError'],
])('code %s (%s) is not asked for twice, and is a %s', async (code, type, name) => {
  let requests = 0;
  const select = await selectFrom((_request, response) => {
    requests += 1;
    response.writeHead(404).end(`Code: ${code}. DB::Exception: So it is. (${type})\n`);
  });
  await expect(select()).rejects.toMatchObject({ name, cause: { code } });
  expect(requests).toBe(1);
});

describeWithClickHouse('a wrong query', (serverUrl) => {
  test('is an error of ours', async () => {
    const store = await openTestClickHouse({ serverUrl });
    closers.push(() => store.close());
    const wrong = ['SELECT nonsense AS a', 'SELECT toDate({day:Date}) AS a'];
    for (const sql of wrong) {
      const selection = { sql, params: { day: 'never' }, shape };
      await expect(selectRows(store.client, selection)).rejects.toMatchObject({
        name: 'StoreQueryError',
        cause: { code: expect.stringMatching(/^\d+$/) },
      });
    }
  });
});

test('an answer of something else at that address is no answer of the store', async () => {
  const select = await selectFrom((_request, response) => {
    response.writeHead(502).end('<html>Bad gateway</html>');
  });
  await expect(select()).rejects.toThrow(StoreUnavailableError);
});

test('a row that is not what the query promises is an error of ours', async () => {
  const select = await selectFrom((_request, response) => {
    response.end('{"a":"text"}\n');
  });
  await expect(select()).rejects.toThrow(TypeError);
  await expect(select()).rejects.toMatchObject({
    query: 'a number',
    column: 'a',
    message: 'the store answers the query for a number with a wrong row: a must be integer',
  });
});

test('a row without a column names it', async () => {
  const select = await selectFrom((_request, response) => {
    response.end('{"b":1}\n');
  });
  await expect(select()).rejects.toMatchObject({ query: 'a number', column: 'a' });
});
