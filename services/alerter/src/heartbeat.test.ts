/** What the monitor behind the heartbeat URL is sent, and what the log says of a call that fails. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
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

/** Calls once. @returns the outcome, and all that was logged */
async function beatOnce(url: string) {
  const outcomes: string[] = [];
  let logged = '';
  const sink = new Writable({
    write(chunk, _, done) {
      logged += String(chunk);
      done();
    },
  });
  const heartbeat = createHeartbeat({
    url,
    clock: { now: () => 0 },
    logger: pino(sink),
    metrics: { heartbeats: { inc: (outcome) => outcomes.push(outcome) } },
  });
  heartbeat.beat();
  await until('the outcome', () => outcomes.length > 0);
  await heartbeat.close();
  return { outcomes, logged };
}

test('user name and password of the URL are sent as a header', async () => {
  const { outcomes, logged } = await beatOnce(`http://ops:hunt%40r2@${host}/ping?id=1`);
  expect(outcomes).toEqual(['ok']);
  const authorization = `Basic ${btoa('ops:hunt@r2')}`;
  expect(seen).toEqual([{ path: '/ping?id=1', authorization }]);
  expect(logged).toBe('');
});

test('a URL without them is called as it is', async () => {
  expect(await beatOnce(`http://${host}/ping`)).toMatchObject({ outcomes: ['ok'] });
  expect(seen).toEqual([{ path: '/ping', authorization: undefined }]);
});

test('a call that is refused is logged by its status alone', async () => {
  status = 503;
  const { outcomes, logged } = await beatOnce(`http://ops:hunter2@${host}/secret-path`);
  expect(outcomes).toEqual(['failed']);
  expect(JSON.parse(logged)).toMatchObject({ why: 'the answer was 503' });
  expect(logged).not.toMatch(/hunter2|secret-path/);
});

test('a call that gets no answer is logged by its kind alone', async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  const { outcomes, logged } = await beatOnce(`http://ops:hunter2@${host}/secret-path`);
  expect(outcomes).toEqual(['failed']);
  expect(JSON.parse(logged)).toMatchObject({ why: 'connection refused' });
  expect(logged).not.toMatch(/hunter2|secret-path/);
});
