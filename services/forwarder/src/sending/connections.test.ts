import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Connections } from './connections.ts';
import { IdleConnections } from './idle-connections.ts';

let server: Server;
let origin: string;
let connections: Connections;
/** Of the server, since its start. */
let opened = 0;
let held: (() => void)[] = [];

beforeEach(async () => {
  opened = 0;
  held = [];
  server = createServer((request, response) => {
    if (request.url === '/close') response.setHeader('connection', 'close');
    if (request.url === '/hold') held.push(() => response.end('held'));
    else response.end('ok');
  });
  server.on('connection', () => {
    opened += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  connections = new Connections(origin, new IdleConnections(), { keepAliveTimeout: 60_000 });
});

afterEach(async () => {
  await connections.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test('a request that is under way when connections retire is answered, and then all are closed', async () => {
  const request = ask('/hold');
  await until('it to be there', () => held.length === 1);
  expect(await ask('/')).toBe('ok');
  const retired = connections.retire();
  await until('the idle one to be closed', async () => (await openAtServer()) === 1);
  for (const answer of held) answer();
  expect(await request).toBe('held');
  await retired;
  await until('all to be closed', async () => (await openAtServer()) === 0);
});

test('over all servers only so many are kept idle, and the one that waited longest is closed', async () => {
  const idle = new IdleConnections(2);
  const many = [1, 2, 3].map(() => new Connections(origin, idle, { keepAliveTimeout: 60_000 }));
  const ask = (one: Connections) => get(one, '/');
  for (const one of many) await ask(one);
  expect(opened).toBe(3);
  await until('one to be closed', async () => (await openAtServer()) === 2);
  const [first, second, third] = many as [Connections, Connections, Connections];
  await ask(second);
  await ask(third);
  expect(opened).toBe(3);
  // The second has waited longest by now.
  await ask(first);
  await ask(third);
  expect(opened).toBe(4);
  await ask(second);
  expect(opened).toBe(5);
  await Promise.all(many.map((one) => one.destroy()));
});

test('a request takes the connection of the one before', async () => {
  for (let n = 0; n < 3; n += 1) expect(await ask('/')).toBe('ok');
  expect(opened).toBe(1);
});

test('requests at once have a connection each, which are used again', async () => {
  const both = [ask('/hold'), ask('/hold')];
  await until('both to be there', () => held.length === 2);
  expect(await ask('/')).toBe('ok');
  expect(opened).toBe(3);
  for (const answer of held) answer();
  expect(await Promise.all(both)).toEqual(['held', 'held']);
  expect(await ask('/')).toBe('ok');
  expect(opened).toBe(3);
});

test('one that the server has closed is not used again', async () => {
  expect(await ask('/close')).toBe('ok');
  expect(await ask('/close')).toBe('ok');
  expect(opened).toBe(2);
});

test('one that has nothing to do is closed after a while', async () => {
  await connections.destroy();
  connections = new Connections(origin, new IdleConnections(), { keepAliveTimeout: 1 });
  expect(await ask('/')).toBe('ok');
  await until('no connection to be left', async () => (await openAtServer()) === 0);
  expect(await ask('/')).toBe('ok');
});

test('a request that fails leaves nothing behind, and the next one has a new connection', async () => {
  const failed = connections.use(() => Promise.reject(new Error('given up')));
  await expect(failed).rejects.toThrow('given up');
  expect(opened).toBe(0);
  expect(await ask('/')).toBe('ok');
});

test('destroying gives up what is under way', async () => {
  const held = ask('/hold');
  await until('a connection', () => opened === 1);
  await Promise.all([expect(held).rejects.toThrow(), connections.destroy()]);
});

function ask(path: string): Promise<string> {
  return get(connections, path);
}

function get(of: Connections, path: string): Promise<string> {
  return of.use(async (client) => {
    const { body } = await client.request({ method: 'GET', path });
    return body.text();
  });
}

function openAtServer(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
