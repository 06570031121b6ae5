/** The endpoint speaks ClickHouse's HTTP interface as the client expects it. */
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { PlainClients, selectRows as select } from '../support/plain-clickhouse.ts';
import { type LocalClickHouse, startLocalClickHouse } from './local-server.ts';

let server: LocalClickHouse;
const clients = new PlainClients();

beforeAll(async () => {
  server = await startLocalClickHouse();
});
afterAll(async () => {
  await clients.close();
  await server?.close();
});

function open(
  options: Parameters<PlainClients['open']>[1] = {},
  url = server.url,
): ClickHouseClient {
  return clients.open(url, options);
}

/** As `curl` would ask. */
async function ask(search: Record<string, string>, init: RequestInit = {}) {
  const { origin, username, password } = new URL(server.url);
  const headers = new Headers(init.headers);
  if (!headers.has('x-clickhouse-user') && !('user' in search)) {
    headers.set('Authorization', `Basic ${btoa(`${username}:${password}`)}`);
  }
  const url = `${origin}/?${new URLSearchParams(search)}`;
  const response = await fetch(url, { ...init, headers });
  return {
    status: response.status,
    code: response.headers.get('x-clickhouse-exception-code'),
    format: response.headers.get('x-clickhouse-format'),
    queryId: response.headers.get('x-clickhouse-query-id'),
    text: await response.text(),
  };
}

describe('queries', () => {
  const AWKWARD = "it's \t a \\ 'test' \n of \r ü 🔒 ; -- not a comment";

  test('rows go in and come out by the client', async () => {
    const client = open();
    await client.command({
      query: 'CREATE TABLE round_trip (id UInt32, text String) ENGINE = MergeTree ORDER BY id',
    });
    await client.insert({
      table: 'round_trip',
      values: [{ id: 1, text: AWKWARD }],
      format: 'JSONEachRow',
    });
    await client.insert({
      table: 'round_trip',
      columns: ['id', 'text'],
      values: [[2, 'x']],
      format: 'JSONCompactEachRow',
    });
    expect(await select(client, 'SELECT * FROM round_trip ORDER BY id')).toEqual([
      [1, AWKWARD],
      [2, 'x'],
    ]);
  });

  test.each([
    ['String', AWKWARD],
    ['Array(String)', ["a'b", 'c\\d', 'e\nf']],
    ['Array(UInt32)', [1, 2]],
    ['Nullable(String)', null],
    ['Int64', -5],
    ['Bool', true],
    ['Date', '2026-02-10'],
  ])('a parameter of type %s is bound', async (type, value) => {
    const query = `SELECT {value: ${type}}`;
    expect(await select(open(), query, { query_params: { value } })).toEqual([[value]]);
  });

  test('a time bound as a parameter keeps its milliseconds', async () => {
    const query = "SELECT toUnixTimestamp64Milli({at: DateTime64(3, 'UTC')})";
    const at = new Date(1_770_753_600_123);
    expect(await select(open(), query, { query_params: { at } })).toEqual([[at.getTime()]]);
  });

  test('long parameters travel in the body, up to the limit of a server', async () => {
    const client = open({ use_multipart_params_auto: true });
    const ids = (count: number) =>
      Array.from({ length: count }, (_, n) => `${n}`.padStart(64, '-'));
    const count = (list: readonly string[]) =>
      select(client, 'SELECT length({list: Array(String)})', { query_params: { list } });
    expect(await count(ids(1_900))).toEqual([[1_900]]);
    await expect(count(ids(2_000))).rejects.toMatchObject({ code: '1000' });
  });

  test('settings, parameters and the database of one query are not those of the next', async () => {
    const settings = { max_threads: 1, output_format_json_quote_64bit_integers: 1 as const };
    const query = "SELECT currentDatabase(), getSetting('max_threads') = 1, toUInt64(1)";
    expect(await select(open(), query, { clickhouse_settings: settings })).toEqual([
      ['hookpulse', 1, '1'],
    ]);
    expect(await select(open({}, server.url.replace(/hookpulse$/, 'system')), query)).toEqual([
      ['system', 0, 1],
    ]);
    await expect(select(open(), 'SELECT {value: String}')).rejects.toMatchObject({ code: '456' });
  });

  test('many at once each get their own answer', async () => {
    const client = open({ max_open_connections: 20 });
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    const query = 'SELECT {n: UInt32}';
    const answers = await Promise.all(
      numbers.map((n) => select(client, query, { query_params: { n } })),
    );
    expect(answers.flat(2)).toEqual(numbers);
  });

  test.each(['gzip', 'zstd', 'br'] as const)('bodies are compressed with %s', async (codec) => {
    const client = open({ compression: { request: { codec }, response: { codec } } });
    const table = `compressed_${codec}`;
    await client.command({
      query: `CREATE TABLE ${table} (text String) ENGINE = MergeTree ORDER BY text`,
    });
    const text = AWKWARD.repeat(1_000);
    await client.insert({ table, values: [{ text }], format: 'JSONEachRow' });
    const result = await client.query({
      query: `SELECT * FROM ${table}`,
      format: 'JSONCompactEachRow',
    });
    expect(result.response_headers['content-encoding']).toBe(codec);
    expect(await result.json()).toEqual([[text]]);
  });

  test('the URL alone will do, with the format and the id that it names', async () => {
    expect(await ask({ query: 'SELECT 1, 2', query_id: 'mine' })).toMatchObject({
      status: 200,
      text: '1\t2\n',
      format: 'TabSeparated',
      queryId: 'mine',
    });
    const json = { method: 'POST', body: 'SELECT 1 AS one' };
    expect(await ask({ default_format: 'JSONEachRow' }, json)).toMatchObject({
      text: '{"one":1}\n',
      format: 'JSONEachRow',
    });
  });
});

describe('errors', () => {
  test.each([
    ['SELECT * FROM nowhere', '60', 'UNKNOWN_TABLE'],
    ['selekt 1', '62', 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', '62', 'SYNTAX_ERROR'],
    ['SELECT * FROM no_database.no_table', '81', 'UNKNOWN_DATABASE'],
    ['SELECT throwIf(number = 5) FROM numbers(9)', '395', undefined],
    ['INSERT INTO FUNCTION null(\'a UInt8\') FORMAT JSONEachRow {"a":"x"}', '27', undefined],
  ])('%s: the client is told by code and name', async (query, code, type) => {
    const error = await open()
      .command({ query })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject(type === undefined ? { code } : { code, type });
  });

  test('a semicolon at the end, in a string or in data is no second statement', async () => {
    expect(await ask({ query: "SELECT ';', 1 -- ; 2\n;" })).toMatchObject({ text: ';\t1\n' });
    const query = "INSERT INTO FUNCTION null('a String') FORMAT JSONEachRow";
    expect(await ask({ query }, { method: 'POST', body: '{"a":"x; y"}' })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    [{ query: 'SELECT * FROM nowhere' }, 404, '60'],
    [{ query: 'selekt 1' }, 400, '62'],
    [{ query: 'SELECT 1', no_such_setting: '1' }, 404, '115'],
    [{ query: 'SELECT 1', database: 'no_database' }, 404, '81'],
    [
      {
        query: 'SELECT sleepEachRow(0.1) FROM numbers(9)',
        max_block_size: '1',
        max_execution_time: '0.2',
      },
      408,
      '159',
    ],
    [{ query: 'CREATE TABLE by_get (a UInt8) ENGINE = Memory' }, 500, '164'],
  ])('%j is %i with code %s', async (search, status, code) => {
    const answer = await ask(search);
    expect(answer).toMatchObject({ status, code });
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .+ \\([A-Z_]+\\)`, 's'),
    );
  });

  test('a database that does not exist is told whatever is asked', async () => {
    const client = open({}, server.url.replace(/hookpulse$/, 'not_yet'));
    const query = 'CREATE DATABASE IF NOT EXISTS not_yet';
    await expect(client.command({ query })).rejects.toMatchObject({ code: '81' });
    await open({}, new URL('/', server.url).href).command({ query });
    expect(await select(client, 'SELECT currentDatabase()')).toEqual([['not_yet']]);
  });
});

describe('credentials', () => {
  test('are taken by HTTP Basic, by header and in the URL', async () => {
    const query = 'SELECT 1';
    const headers = { 'X-ClickHouse-User': 'hookpulse', 'X-ClickHouse-Key': 'hookpulse' };
    expect(await ask({ query })).toMatchObject({ status: 200 });
    expect(await ask({ query }, { headers })).toMatchObject({ status: 200 });
    expect(await ask({ query, user: 'hookpulse', password: 'hookpulse' })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['a wrong password', { username: 'hookpulse', password: 'wrong' }],
    ['an unknown user', { username: 'somebody', password: 'hookpulse' }],
    ['nobody', { username: '', password: '' }],
  ])('%s is refused', async (_, credentials) => {
    const { origin } = new URL(server.url);
    const client = open(credentials, origin);
    await expect(select(client, 'SELECT 1')).rejects.toMatchObject({
      code: '516',
      type: 'AUTHENTICATION_FAILED',
    });
    expect(await client.ping({ select: true })).toMatchObject({ success: false });
    expect(await client.ping()).toEqual({ success: true });
  });

  test('are not needed to ask whether the server is there, as health checks do', async () => {
    const { origin } = new URL(server.url);
    for (const method of ['GET', 'HEAD']) {
      const { status } = await fetch(`${origin}/ping`, { method });
      expect(status).toBe(200);
    }
  });

  test('may hold characters that a URL has to escape', async () => {
    const odd = await startLocalClickHouse({ user: 'a@b', password: 'p:/ü%#', database: 'd-1' });
    try {
      const client = open({}, odd.url);
      expect(await select(client, 'SELECT currentDatabase()')).toEqual([['d-1']]);
    } finally {
      await odd.close();
    }
  });
});

test('speaks TLS with a certificate that is given', async () => {
  const extensions = [
    { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] },
  ];
  const { private: key, cert } = await generate(undefined, { extensions });
  const secure = await startLocalClickHouse({ tls: { key, cert } });
  try {
    expect(secure.url).toMatch(/^https:/);
    const trusting = open({ tls: { ca_cert: Buffer.from(cert) } }, secure.url);
    expect(await select(trusting, 'SELECT 1')).toEqual([[1]]);
    await expect(select(open({}, secure.url), 'SELECT 1')).rejects.toThrow(/self-signed/);
  } finally {
    await secure.close();
  }
});
