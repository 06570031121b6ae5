import type { IncomingMessage } from 'node:http';
import { serveHttp, type TestServer } from '@hookpulse/common/testing/serve-http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import Type from 'typebox';
import { QueryApi } from './query-api.ts';

const BotSchema = Type.Object({ name: Type.String() });
const requests: IncomingMessage[] = [];
let server: TestServer;
let api: QueryApi;

beforeAll(async () => {
  server = await serveHttp((request, response) => {
    requests.push(request);
    const { method, url, headers } = request;
    if (url !== '/bot') response.writeHead(404).end('{}');
    else if (method === 'GET') response.setHeader('etag', '"1"').end('{"name":"A"}');
    else if (headers['if-match'] === '"1"') response.end('{"name":"B"}');
    else response.writeHead(412).end('{"status":"error","error":"Changed.","details":[]}');
  });
  api = new QueryApi({ origin: server.url, token: null });
});
afterAll(() => server?.close());
beforeEach(() => {
  requests.length = 0;
});

test('a change is made with the tag of what was read', async () => {
  const tag = await api.tagOf('/bot');
  expect(await api.patch('/bot', { name: 'B' }, BotSchema, tag)).toEqual({ name: 'B' });
  expect(requests.map(({ headers }) => headers['if-match'])).toEqual([undefined, '"1"']);
});

test('a write to a resource that someone else has changed is refused in one sentence', async () => {
  const refused = /^Someone else has changed it in the meantime/;
  await expect(api.patch('/bot', {}, BotSchema, '"0"')).rejects.toThrow(refused);
  await expect(api.post('/bot', {}, BotSchema, '"0"')).rejects.toThrow(refused);
  await expect(api.delete('/bot', '"0"')).rejects.toThrow(refused);
});

test('a missing object has no tag', async () => {
  expect(await api.tagOf('/nothing')).toBeNull();
});
