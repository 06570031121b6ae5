import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { serveHttp, type TestServer } from '@hookpulse/common/testing/serve-http';
import { createHostGuard, type HostGuard } from '@hookpulse/service-kit/http/host-guard';
import type { Lookup } from '@hookpulse/service-kit/http/shared-lookups';
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

let server: TestServer;

afterEach(() => server.close());

async function answerOf(answer: RequestListener): Promise<Answer> {
  server = await serveHttp(answer);
  return sendTo(server.url, createHostGuard([]));
}

async function sendTo(url: string, guard: HostGuard): Promise<Answer> {
  const sender = new BotSender(
    { url, credentials: null, secret: null },
    guard,
    new IdleConnections(),
  );
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
  server = await serveHttp((_request, response) => response.end());
  const asked = Promise.withResolvers<Parameters<Lookup>[2]>();
  const guard = createHostGuard([], (_name, _options, callback) => asked.resolve(callback));
  const answering = sendTo(`http://bot.example.com:${server.port}/`, guard);
  const resolved = await asked.promise;
  // The lookup takes longer than a whole delivery.
  await sendTo(server.url, createHostGuard([]));
  const resolvedMs = performance.now();
  resolved(null, [{ address: '127.0.0.1', family: 4 }]);
  const answer = await answering;
  expect(answer.isOk).toBe(true);
  // However long the machine takes, the lookup is not part of it.
  expect(answer.durationMs).toBeLessThanOrEqual(performance.now() - resolvedMs);
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
