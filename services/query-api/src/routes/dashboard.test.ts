import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sendRaw } from '@hookpulse/common/http/testing/raw-request';
import { PAGE_PATHS } from '@hookpulse/dashboard/page-paths';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';

const SCRIPT = 'console.log("hello")';
let api: TestQueryApi;
let folder: string;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-dashboard-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Hookpulse</title>');
  await writeFile(join(folder, 'assets', 'index-1a2b.js'), SCRIPT);
  await writeFile(join(folder, 'assets', 'index-1a2b.js.gz'), gzipSync(SCRIPT));
  await writeFile(join(folder, 'secret.txt'), 'not an asset');
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers = {}) =>
  api.openApp({ dashboardFolder: folder }).inject({ url, headers });

describe('the dashboard', () => {
  test.each([...Object.values(PAGE_PATHS), '/bots/shop_bot?range=7d', '/events/'])(
    'answers its page %s with the document, to be asked for again',
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe('<title>Hookpulse</title>');
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        etag: expect.any(String),
      });
      const again = await get(url, { 'if-none-match': answer.headers.etag });
      expect(again.statusCode).toBe(304);
    },
  );

  test('answers assets for ever, compressed as the browser takes them', async () => {
    const plain = await get('/assets/index-1a2b.js');
    expect(plain.body).toBe(SCRIPT);
    expect(plain.headers['content-type']).toMatch(/^(text|application)\/javascript/);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const gzipped = await get('/assets/index-1a2b.js', { 'accept-encoding': 'gzip' });
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    expect(gzipped.rawPayload).toEqual(gzipSync(SCRIPT));
  });

  test.each([
    '/assets/index-old.js',
    '/assets/',
    '/assets/..%2findex.html',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/../secret.txt',
    '/assets/%2e%2e%2fsecret.txt',
    '/secret.txt',
    '/api/nothing',
    '/nothing',
  ])('has nothing at %s', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      status: 'error',
      error: 'There is nothing at this path.',
      details: [],
    });
  });

  test('has nothing at dots, which clients would leave out', async () => {
    const app = api.openApp({ dashboardFolder: folder });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    for (const path of [
      '/assets/.',
      '/assets/..',
      '/assets/%2e',
      '/assets/%2e%2e',
      '/assets/./.',
    ]) {
      const answer = await sendRaw(url, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect([path, answer.statusCode]).toEqual([path, 404]);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'error', details: [] });
    }
  });

  test('that was not built says what to do', async () => {
    const app = api.openApp({ dashboardFolder: join(folder, 'nothing') });
    const answer = await app.inject('/');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error).toMatch(/vite build/);
    expect((await app.inject('/api/session')).statusCode).toBe(200);
  });
});
