import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type IngestFixture, openIngest } from './testing/ingest-fixture.ts';

let ingest: IngestFixture;
beforeAll(async () => {
  ingest = await openIngest();
});
afterAll(() => ingest.close());

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('a browser at the root is told what this port is', async () => {
  const answer = await ingest.app.inject({ url: '/', headers: BROWSER });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.body).toMatch(/^This port of Hookpulse receives deliveries .+\n$/);
});

test.each([
  ['a program at the root', 'GET', '/', { accept: '*/*' }],
  ['a browser elsewhere', 'GET', '/nothing', BROWSER],
  ['whatever is sent to the root', 'POST', '/', BROWSER],
] as const)('%s gets the error', async (_name, method, url, headers) => {
  const answer = await ingest.app.inject({ method, url, headers });
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ status: 'error', error: 'No route matches this path.' });
});
