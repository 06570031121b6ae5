import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { HttpLoadOrder, HttpLoadReport } from './http-load-protocol.ts';

const FIRST_ID = 1_000_000_000;
/** Which delivery, by its order, is refused. */
const REFUSED = 5;

let ids: number[] = [];
let secrets = new Set<unknown>();
const server = createServer(async (request, response) => {
  const body = await text(request);
  expect(Number(request.headers['content-length'])).toBe(Buffer.byteLength(body));
  secrets.add(request.headers['x-telegram-bot-api-secret-token']);
  ids.push(JSON.parse(body).update_id);
  if (ids.length === REFUSED) {
    response.writeHead(503, { 'content-length': 0 }).end();
    return;
  }
  // In two pieces, as some servers answer.
  response.writeHead(200, { 'content-length': 2 }).write('{');
  setImmediate(() => response.end('}'));
});

beforeEach(async () => {
  [ids, secrets] = [[], new Set()];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('every delivery has an id of its own, and every answer is in the report', async () => {
  const report = await load({ requestsPerSecond: null, seconds: 0.3 });
  expect(ids.length).toBeGreaterThan(REFUSED);
  expect(report.answers200).toBe(ids.length - 1);
  expect(report).toMatchObject({ failures: 1, failureExamples: ['status 503'] });
  expect(ids.toSorted((a, b) => a - b)).toEqual(ids.map((_, n) => FIRST_ID + n));
  expect(secrets).toEqual(new Set(['the-secret']));
});

test('at a given rate no more is sent than is due', async () => {
  const report = await load({ requestsPerSecond: 100, seconds: 0.5 });
  expect(ids.length).toBeGreaterThan(0);
  expect(ids.length).toBeLessThanOrEqual(50);
  expect(report.answers200 + report.failures).toBe(ids.length);
});

async function load(
  order: Pick<HttpLoadOrder, 'requestsPerSecond' | 'seconds'>,
): Promise<HttpLoadReport> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  const child = fork(join(import.meta.dirname, 'http-load.ts'), { execArgv: [] });
  child.send({
    ...order,
    url: `http://127.0.0.1:${port}`,
    botId: 'bot',
    secret: 'the-secret',
    connections: 4,
    firstUpdateId: FIRST_ID,
  } satisfies HttpLoadOrder);
  const ended = once(child, 'exit').then(() => {
    throw new Error('the load generator has ended');
  });
  const [report] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return report;
}
