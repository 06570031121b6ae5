import type { RequestListener } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { serveHttp } from '@hookpulse/common/testing/serve-http';
import { afterEach, expect, test } from '@jest/globals';
import { type DeliveryAnswer, startDeliveries } from './steady-deliveries.ts';

let close = async () => {};
afterEach(() => close());

async function serve(listener: RequestListener): Promise<string> {
  const server = await serveHttp(listener);
  close = server.close;
  return server.url;
}

async function deliverFor(ms: number, url: string, timeoutMs?: number) {
  const answers: DeliveryAnswer[] = [];
  const onAnswer = (answer: DeliveryAnswer) => void answers.push(answer);
  const deliveries = startDeliveries(url, 100, onAnswer, undefined, undefined, timeoutMs);
  await delay(ms);
  await deliveries.stop();
  return answers;
}

test('every delivery has an answer, and its latency counts from when it was due', async () => {
  const url = await serve((request, response) => {
    request.resume();
    response.end();
  });
  const answers = await deliverFor(100, url);
  expect(answers.length).toBeGreaterThan(1);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const [first, second] = answers.toSorted((a, b) => a.updateId - b.updateId);
  expect((second?.dueMs ?? 0) - (first?.dueMs ?? 0)).toBeCloseTo(10, 3);
});

test('a server that does not answer keeps nobody waiting', async () => {
  const answers = await deliverFor(30, await serve(() => undefined), 100);
  expect(answers.length).toBeGreaterThan(0);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => null));
});
