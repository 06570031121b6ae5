import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { HttpLoadOrder, HttpLoadReport } from './http-load-protocol.ts';
import { LoadProcess } from './load-process.ts';

const FIRST_ID = 1_000_000_000;
/** Which delivery, by its order, is refused. */
const REFUSED = 5;
/** As many answers are out at once as there are connections. */
const CONNECTIONS = 4;

let ids: number[] = [];
let secrets = new Set<unknown>();
let answerMs = 0;
let hasLength = true;
const loadProcess = new LoadProcess();
const server = createServer(async (request, response) => {
  const body = await text(request);
  expect(Number(request.headers['content-length'])).toBe(Buffer.byteLength(body));
  secrets.add(request.headers['x-telegram-bot-api-secret-token']);
  ids.push(JSON.parse(body).update_id);
  if (ids.length === REFUSED) {
    response.writeHead(503, hasLength ? { 'content-length': 0 } : {}).end();
    return;
  }
  await delay(answerMs);
  // In two pieces, as some servers answer.
  response.writeHead(200, { 'content-length': 2 }).write('{');
  setImmediate(() => response.end('}'));
});

beforeEach(async () => {
  [ids, secrets, answerMs, hasLength] = [[], new Set(), 0, true];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

afterAll(() => loadProcess.close());

test('every delivery has an id of its own, and every answer is in the report', async () => {
  const report = await load({ requestsPerSecond: null, seconds: 0.3 });
  expect(ids.length).toBeGreaterThan(REFUSED);
  expect(report.answers200).toBe(ids.length - 1);
  expect(report).toMatchObject({ failures: 1, failureExamples: ['status 503'] });
  expect(ids.toSorted((a, b) => a - b)).toEqual(ids.map((_, n) => FIRST_ID + n));
  expect(secrets).toEqual(new Set(['the-secret']));
});

test('at a given rate all that is due is sent, and timed from when it was due', async () => {
  const [requestsPerSecond, seconds] = [100, 0.5];
  answerMs = 100;
  const report = await load({ requestsPerSecond, seconds });
  expect(ids).toHaveLength(requestsPerSecond * seconds);
  expect(report).toMatchObject({ answers200: ids.length - 1, failures: 1 });
  // The last ones are due within the round, and the others take this long.
  const leastMs = (ids.length / CONNECTIONS - 1) * answerMs;
  expect(report.p99Ms).toBeGreaterThan(leastMs - seconds * 1_000);
});

test('a load process that ends is an error, and the next round has another', async () => {
  hasLength = false;
  await expect(load({ requestsPerSecond: null, seconds: 60 })).rejects.toThrow('has ended');
  const { answers200 } = await load({ requestsPerSecond: null, seconds: 0.1 });
  expect(answers200).toBeGreaterThan(0);
});

function load(
  order: Pick<HttpLoadOrder, 'requestsPerSecond' | 'seconds'>,
): Promise<HttpLoadReport> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  return loadProcess.send({
    ...order,
    url: `http://127.0.0.1:${port}`,
    botId: 'bot',
    secret: 'the-secret',
    connections: CONNECTIONS,
    firstUpdateId: FIRST_ID,
  });
}
