import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
/** What the server was sent, of all connections. */
let arrived = '';
const clients: Client[] = [];

interface Client {
  readonly socket: Socket;
  answers: string;
  /** Code of the error that ended it, or `end`. */
  ended: string | null;
}

beforeEach(async () => {
  arrived = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      arrived += chunk;
      socket.write(`<${chunk}>`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await startTcpProxy(`127.0.0.1:${address.port}`);
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await proxy.close();
  server.close();
  await once(server, 'close');
});

function open(): Client {
  const socket = connect(proxy.port, '127.0.0.1');
  const client: Client = { socket, answers: '', ended: null };
  socket.on('data', (chunk) => {
    client.answers += chunk;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    client.ended = error.code ?? error.message;
  });
  socket.on('end', () => {
    client.ended ??= 'end';
  });
  clients.push(client);
  return client;
}

const answered = (client: Client, text: string) =>
  until(`the answer ${text}`, () => client.answers === text);

test('passes bytes and ends both ways', async () => {
  const client = open();
  client.socket.write('a');
  await answered(client, '<a>');
  expect(proxy.connections).toBe(1);
  client.socket.end();
  await until('the end', () => client.ended === 'end' && proxy.connections === 0);
});

test('passes more than fits into buffers', async () => {
  const client = open();
  const size = 5_000_000;
  client.socket.write('x'.repeat(size));
  await until('all of it', () => client.answers.replaceAll(/[<>]/g, '').length === size);
});

test('resets connections, and takes new ones', async () => {
  const client = open();
  client.socket.write('a');
  await answered(client, '<a>');
  proxy.cutConnections();
  await until('the reset', () => client.ended === 'ECONNRESET');
  const next = open();
  next.socket.write('b');
  await answered(next, '<b>');
});

test('refuses connections for a while; open ones stay', async () => {
  const client = open();
  client.socket.write('a');
  await answered(client, '<a>');
  await proxy.refuse();
  const refused = open();
  await until('the refusal', () => refused.ended === 'ECONNREFUSED');
  client.socket.write('b');
  await answered(client, '<a><b>');
  await proxy.accept();
  const next = open();
  next.socket.write('c');
  await answered(next, '<c>');
});

test('holds requests, or only responses, back', async () => {
  const client = open();
  proxy.stall('responses');
  client.socket.write('a');
  await until('the request', () => arrived === 'a');
  expect(client.answers).toBe('');
  proxy.resume();
  await answered(client, '<a>');
  proxy.stall();
  client.socket.write('b');
  const other = open();
  other.socket.write('c');
  await until('both connections', () => proxy.connections === 2);
  expect(arrived).toBe('a');
  proxy.resume();
  await answered(client, '<a><b>');
  await answered(other, '<c>');
});

test('lets a request through and cuts off its answer, once', async () => {
  const client = open();
  const isCut = proxy.cutNextResponse((request) => request.includes('b'));
  client.socket.write('a');
  await answered(client, '<a>');
  client.socket.write('b');
  await isCut;
  await until('the reset', () => client.ended === 'ECONNRESET');
  expect(arrived).toBe('ab');
  expect(client.answers).toBe('<a>');
  const next = open();
  next.socket.write('b');
  await answered(next, '<b>');
});

test('goes to another target when told, and resets when the target is away', async () => {
  proxy.setTarget('127.0.0.1:1');
  const lost = open();
  await until('the reset', () => lost.ended === 'ECONNRESET');
});

test('slows both ways down', async () => {
  proxy.delay(10);
  const client = open();
  client.socket.write('a');
  await answered(client, '<a>');
});

test('drops a request before it arrives, and resets its connection alone', async () => {
  const hit = open();
  const other = open();
  const dropped = proxy.dropNextRequest((request) => request.includes('write'));
  other.socket.write('read');
  await answered(other, '<read>');
  hit.socket.write('write');
  await dropped;
  await until('the connection to be reset', () => hit.ended === 'ECONNRESET');
  other.socket.write('write');
  await answered(other, '<read><write>');
  expect(arrived).toBe('readwrite');
});
