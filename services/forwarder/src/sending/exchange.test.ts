import type { RequestListener } from 'node:http';
import { serveHttp, type TestServer } from '@hookpulse/common/testing/serve-http';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, expect, test } from '@jest/globals';
import { buildConnector, Client } from 'undici';
import { exchange } from './exchange.ts';

const POST = { path: '/', headers: {}, body: '{}', timeoutMs: 30_000, maxAnswerBytes: 10 };
const SHORT_MS = 50;
const NEVER = () => undefined;

const servers: TestServer[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.destroy();
  for (const server of servers.splice(0)) await server.close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = await serveHttp(answer);
  servers.push(server);
  return server.url;
}

function open(origin: string, options: Client.Options = {}): Client {
  const client = new Client(origin, { headersTimeout: 0, bodyTimeout: 0, ...options });
  clients.push(client);
  return client;
}

test('an answer is read whole, however it comes, and its connection is used again', async () => {
  let asked = '';
  const origin = await serve((request, response) => {
    request.on('data', (chunk) => {
      asked += chunk;
    });
    // What comes before the answer is not the answer.
    response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => {
      response.writeHead(201, { 'content-type': 'text/plain' });
      response.write('01234', () => response.end('56789'));
    });
  });
  const client = open(origin);
  for (const _again of [1, 2]) {
    const answer = await exchange(client, POST);
    expect(answer).toMatchObject({ statusCode: 201, isWhole: true });
    expect(answer.headers['content-type']).toBe('text/plain');
    expect(answer.body.toString()).toBe('0123456789');
    expect(client.stats.connected).toBe(true);
  }
  expect(asked).toBe('{}{}');
});

test('an answer without a body is an empty one', async () => {
  const client = open(await serve((_request, response) => response.writeHead(204).end()));
  const { body, isWhole } = await exchange(client, POST);
  expect([body.length, isWhole]).toEqual([0, true]);
});

test('of an answer that is too long the rest is not read, also where it has no end', async () => {
  const client = open(await serve((_request, response) => response.write('0123456789more')));
  const { body, isWhole } = await exchange(client, POST);
  expect(body.toString()).toBe('0123456789');
  expect(isWhole).toBe(false);
  expect(client.stats.connected).toBe(false);
});

test.each<[string, RequestListener]>([
  ['does not begin', NEVER],
  ['does not end', (_request, response) => response.write('0')],
])('an answer that %s in time is given up, and its connection closed', async (_, answer) => {
  const client = open(await serve(answer));
  const timedOut = exchange(client, { ...POST, timeoutMs: SHORT_MS });
  await expect(timedOut).rejects.toMatchObject({ name: 'TimeoutError' });
  await until('the connection to be closed', () => !client.stats.connected);
});

test('connecting is part of the time', async () => {
  const client = open('http://127.0.0.1:1', { connect: NEVER });
  const timedOut = exchange(client, { ...POST, timeoutMs: SHORT_MS });
  await expect(timedOut).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a request that was given up while it was connecting is never sent', async () => {
  let asked = 0;
  const origin = await serve((_request, response) => {
    asked += 1;
    response.end();
  });
  const connect = buildConnector({});
  const network = Promise.withResolvers<void>();
  const client = open(origin, {
    connect: (options, callback) => void network.promise.then(() => connect(options, callback)),
  });
  await expect(exchange(client, { ...POST, timeoutMs: SHORT_MS })).rejects.toThrow();
  network.resolve();
  // The next one on the same connection is the first that arrives.
  await exchange(client, POST);
  expect(asked).toBe(1);
});

test('an answer that breaks off is an error', async () => {
  const origin = await serve((_request, response) => {
    response.write('0', () => response.destroy());
  });
  await expect(exchange(open(origin), POST)).rejects.toThrow();
});
