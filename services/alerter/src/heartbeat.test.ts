/** What the monitor behind the heartbeat URL is sent, and what the log says of a call that fails. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createHeartbeat } from './heartbeat.ts';

let server: Server;
let host: string;
let status: number;
let seen: { path: string | undefined; authorization: string | undefined }[];

beforeEach(async () => {
  status = 200;
  seen = [];
  server = createServer(({ url: path, headers: { authorization } }, response) => {
    seen.push({ path, authorization });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this form.
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Calls once. @returns the outcome, and the fields of what was logged */
async function beatOnce(url: string) {
  const outcomes: string[] = [];
  const warn = jest.spyOn(silentLogger, 'warn');
  const heartbeat = createHeartbeat({
    url,
    clock: { now: () => 0 },
    logger: silentLogger,
    metrics: { heartbeats: { inc: (outcome) => outcomes.push(outcome) } },
  });
  heartbeat.beat();
  await until('the outcome', () => outcomes.length > 0);
  await heartbeat.close();
  const logged: unknown[] = warn.mock.calls.map(([fields]) => fields);
  warn.mockRestore();
  return { outcomes, logged };
}

test('user name and password of the URL are sent as a header', async () => {
  const { outcomes, logged } = await beatOnce(`http://ops:hunt%40r2@${host}/ping?id=1`);
  expect(outcomes).toEqual(['ok']);
  const authorization = `Basic ${btoa('ops:hunt@r2')}`;
  expect(seen).toEqual([{ path: '/ping?id=1', authorization }]);
  expect(logged).toEqual([]);
});

test('a URL without them is called as it is', async () => {
  expect(await beatOnce(`http://${host}/ping`)).toMatchObject({ outcomes: ['ok'] });
  expect(seen).toEqual([{ path: '/ping', authorization: undefined }]);
});

test('a call that is refused is logged by its status alone', async () => {
  status = 503;
  const { outcomes, logged } = await beatOnce(`http://ops:hunter2@${host}/secret-path`);
  expect(outcomes).toEqual(['failed']);
  expect(logged).toEqual([{ why: 'the answer was 503' }]);
});

test('a call that gets no answer is logged by its kind alone', async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  const { outcomes, logged } = await beatOnce(`http://ops:hunter2@${host}/secret-path`);
  expect(outcomes).toEqual(['failed']);
  expect(logged).toEqual([{ why: 'connection refused' }]);
});
