import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { connectionsWithin, MAX_CONNECTIONS } from './connections.ts';
import { createHttpApp, type HttpAppOptions } from './create-http-app.ts';
import type { HttpApp } from './http-app.ts';

const apps: HttpApp[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const BIG = Buffer.alloc(32 * 1_048_576, 'x');
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

const dataOf = (socket: Socket) =>
  new Promise<string>((resolve) => {
    socket.once('data', (data) => resolve(data.toString()));
  });

/** Whether it was ended or cut. */
const closeOf = (socket: Socket) =>
  new Promise<null>((resolve) => {
    socket.once('close', () => resolve(null));
  });

/** Routes: `/quick`; `/waiting`, which is answered by `letGo`; `/big`, more than a network holds. */
async function openApp(options: Partial<HttpAppOptions> = {}) {
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const app = createHttpApp({
    logger: silentLogger,
    readinessChecks: [],
    metrics: createServiceMetrics('test'),
    drainGraceMs: 50,
    ...options,
  });
  apps.push(app);
  app.get('/quick', () => ({}));
  app.get('/big', () => BIG);
  app.get<{ Querystring: { n: string } }>('/waiting', async ({ query }) => {
    begun.push(query.n);
    await gate.promise;
    return { n: query.n };
  });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const open = async (text = '', localAddress = '127.0.0.1'): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress });
    // A connection that is cut is told by its close.
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  /** Whether a new connection is answered. */
  const isServed = async (localAddress?: string): Promise<boolean> => {
    const socket = await open(get('/quick'), localAddress);
    const answer = await Promise.race([dataOf(socket), closeOf(socket)]);
    socket.destroy();
    return answer?.includes('200 OK') ?? false;
  };
  return { app, open, isServed, begun, letGo: gate.resolve };
}

describe('pipelined requests', () => {
  test('are begun one at a time, and answered in order', async () => {
    const { open, begun, letGo } = await openApp();
    const numbers = Array.from({ length: 50 }, (_, n) => String(n));
    const socket = await open(numbers.map((n) => get(`/waiting?n=${n}`)).join(''));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await until('the first to be begun', () => begun.length > 0);
    expect(begun).toEqual(['0']);
    letGo();
    await until('all to be answered', () => text.includes('{"n":"49"}'));
    expect([...text.matchAll(/\{"n":"(\d+)"\}/g)].map((match) => match[1])).toEqual(numbers);
  });

  test('in their hundreds cost the connection, and begin nothing', async () => {
    const { open, begun } = await openApp();
    const socket = await open(get('/waiting?n=1').repeat(200));
    await closeOf(socket);
    expect(begun.length).toBeLessThanOrEqual(1);
  });
});

describe('an answer that nobody reads', () => {
  test('costs the connection', async () => {
    const { app, open } = await openApp({ stallTimeoutMs: 100 });
    const served = once(app.server, 'connection');
    const socket = await open(get('/big'));
    socket.pause();
    const [connection] = await served;
    await until('the connection to be cut', () => connection.destroyed);
  });

  test('is not one that takes long to be made', async () => {
    const { app, open, letGo } = await openApp({ stallTimeoutMs: 50 });
    const socket = await open(get('/waiting?n=1'));
    await once(app.server, 'timeout');
    letGo();
    expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
  });
});

test('a body that is refused is not read for ever', async () => {
  const { open } = await openApp();
  const head = 'POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n';
  const socket = await open(head);
  socket.resume();
  const closed = closeOf(socket);
  const chunk = Buffer.alloc(65_536);
  const send = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', send);
  send();
  await closed;
  // What is under way in the network comes on top.
  expect(socket.bytesWritten).toBeLessThan(100_000_000);
});

describe('when all connections are taken', () => {
  const MAX = 8;

  test.each([
    ['ask nothing', ''],
    ['send a part of a request', 'GET /quick HT'],
    ['have been answered', get('/quick')],
    ['do not read their answers', get('/big')],
    [
      'do not send what they announce',
      'POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n',
    ],
  ])('those that %s make room', async (_name, text) => {
    const { open, isServed } = await openApp({ maxConnections: MAX });
    const held = await Promise.all(Array.from({ length: MAX }, () => open(text)));
    for (const socket of held) socket.pause();
    await until('a newcomer to be served', () => isServed());
  });

  test('those that are being answered stay', async () => {
    const { open, begun, isServed, letGo } = await openApp({ maxConnections: MAX });
    const held = await Promise.all(
      Array.from({ length: MAX - 1 }, (_, n) => open(get(`/waiting?n=${n}`))),
    );
    await until('all to be begun', () => begun.length === MAX - 1);
    expect(await isServed()).toBe(false);
    // One address cannot take all of them.
    expect(await isServed('127.0.0.2')).toBe(true);
    const answers = Promise.all(held.map((socket) => once(socket, 'data')));
    letGo();
    for (const [data] of await answers) expect(String(data)).toContain('200 OK');
  });
});

test('all servers of a process leave descriptors for log and store', () => {
  const { ingest, queryApi, probes } = MAX_CONNECTIONS;
  expect(connectionsWithin(ingest, null)).toBe(ingest);
  expect(connectionsWithin(ingest, 1_048_576)).toBe(ingest);
  for (const limit of [256, 1_024, 4_096]) {
    const each = [ingest, queryApi, probes, probes, probes, probes];
    const held = each.reduce((sum, max) => sum + connectionsWithin(max, limit), 0);
    expect(held).toBeLessThanOrEqual(limit * 0.5);
    expect(Math.min(...each.map((max) => connectionsWithin(max, limit)))).toBeGreaterThan(0);
  }
});
