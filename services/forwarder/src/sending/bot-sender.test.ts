import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createHostGuard, type HostGuard } from '@hookpulse/service-kit/http/host-guard';
import { afterEach, expect, test } from '@jest/globals';
import { type Answer, BotSender, type Delivery } from './bot-sender.ts';
import { IdleConnections } from './idle-connections.ts';

const DELIVERY: Delivery = {
  botId: 'a',
  body: '{}',
  receivedAt: '2026-02-10T20:00:00.000Z',
  attempt: 1,
  eventId: '00000000-0000-8000-8000-000000000001',
  replayId: null,
  traceparent: null,
  timeoutMs: 30_000,
};

type LookupDone = (error: null, addresses: { address: string; family: number }[]) => void;

let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));

async function answerOf(answer: RequestListener): Promise<Answer> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const target = { url, credentials: null, secret: null };
  const sender = new BotSender(target, createHostGuard([]), new IdleConnections());
  try {
    return await sender.send(DELIVERY);
  } finally {
    await sender.close();
  }
}

test('headers that come twice are no fault of the forwarder', async () => {
  const answer = await answerOf((_request, response) => {
    response.setHeader('content-type', ['application/json', 'text/plain']);
    response.end('{}');
  });
  expect(answer).toMatchObject({ isOk: true, contentType: 'application/json,text/plain' });
});

test('nor are two Retry-After, which ask for nothing', async () => {
  const answer = await answerOf((_request, response) => {
    response.statusCode = 503;
    response.setHeader('retry-after', ['5', '7']);
    response.end();
  });
  expect(answer).toMatchObject({ isOk: false, errorType: 'Http503', retryAfterMs: null });
});

test.each([
  ['gzip', gzipSync],
  ['Deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (text: string) => Buffer.from(text)],
])('an answer is read as it was meant: %s', async (encoding, compress) => {
  const text = '{"method":"sendMessage"}';
  const answer = await answerOf((_request, response) => {
    response.setHeader('content-encoding', encoding).end(compress(text));
  });
  if (!answer.isOk) throw new Error(answer.message);
  expect(answer.isWhole).toBe(true);
  expect(Buffer.from(answer.body).toString()).toBe(text);
});

test('what a bot says is quoted where it is compressed, too', async () => {
  const answer = await answerOf((_request, response) => {
    response.statusCode = 502;
    response.setHeader('content-encoding', 'gzip').end(gzipSync('upstream is away'));
  });
  expect(answer).toMatchObject({ isOk: false, message: 'status 502: upstream is away' });
});

test.each([
  ['unfolds to more than is read', gzipSync('x'.repeat(70_000)), 65_536],
  ['unfolds to more than anybody wants', gzipSync('x'.repeat(2_000_000)), 0],
  ['is not what it says', Buffer.from('plain'), 0],
])('an answer that %s is not whole', async (_what, body, bytes) => {
  const answer = await answerOf((_request, response) => {
    response.setHeader('content-encoding', 'gzip').end(body);
  });
  if (!answer.isOk) throw new Error(answer.message);
  expect(answer.isWhole).toBe(false);
  expect(answer.body.byteLength).toBe(bytes);
});

test('connecting is not part of the time that the bot took', async () => {
  const connectMs = 300;
  server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const guard = createHostGuard([]);
  const slow = {
    ...guard,
    assertAllowed: () => undefined,
    lookup: (_host: string, _options: unknown, done: LookupDone) => {
      setTimeout(() => done(null, [{ address: '127.0.0.1', family: 4 }]), connectMs);
    },
  } as unknown as HostGuard;
  const target = { url: `http://bot.example.com:${port}/`, credentials: null, secret: null };
  const sender = new BotSender(target, slow, new IdleConnections());
  const startedMs = performance.now();
  const answer = await sender.send(DELIVERY);
  const wholeMs = performance.now() - startedMs;
  await sender.close();
  expect(answer.isOk).toBe(true);
  // Whatever the machine takes, the lookup is not in it.
  expect(answer.durationMs).toBeLessThanOrEqual(wholeMs - connectMs + 5);
});

test('what a bot says is quoted up to a whole character, so that it can be stored', async () => {
  const answer = await answerOf((_request, response) => {
    response.statusCode = 503;
    response.end(`${'x'.repeat(199)}🔥 and more`);
  });
  if (answer.isOk) throw new Error('it is no success');
  expect(answer.message).toBe(`status 503: ${'x'.repeat(199)}🔥`);
});

test('an answer without a content type has an empty one', async () => {
  expect(await answerOf((_request, response) => response.end())).toMatchObject({ contentType: '' });
});
