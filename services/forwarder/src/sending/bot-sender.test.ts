import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHostGuard } from '@hookpulse/service-kit/http/host-guard';
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

test('what a bot says is quoted up to a whole character, so that it can be stored', async () => {
  const answer = await answerOf((_request, response) => {
    response.statusCode = 503;
    response.end(`${'x'.repeat(199)}🔥 and more`);
  });
  if (answer.isOk) throw new Error('it is no success');
  expect(answer.message).toBe(`status 503: ${'x'.repeat(199)}\uFFFD`);
});

test('an answer without a content type has an empty one', async () => {
  expect(await answerOf((_request, response) => response.end())).toMatchObject({ contentType: '' });
});
