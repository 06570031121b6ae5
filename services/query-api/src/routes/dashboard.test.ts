import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { sendRaw } from '@hookpulse/service-kit/http/testing/raw-request';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const SCRIPT = 'console.log("hello")';
let api: TestQueryApi;
let folder: string;
let app: HttpApp;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-dashboard-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Hookpulse</title>');
  await writeFile(join(folder, 'assets', 'index-1a2b.js'), SCRIPT);
  await writeFile(join(folder, 'assets', 'index-1a2b.js.gz'), gzipSync(SCRIPT));
  await writeFile(join(folder, 'secret.txt'), 'not an asset');
  app = api.openApp({ dashboardFolder: folder });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const get = (url: string, headers = {}) => app.inject({ url, headers });

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
    expect(plain.headers.vary).toBe('accept-encoding');
    const shared = api.openApp({ dashboardFolder: folder, corsOrigins: ['https://a.example.com'] });
    const { headers } = await shared.inject({ url: '/assets/index-1a2b.js' });
    expect(headers.vary).toBe('Origin, accept-encoding');
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
      error: 'No route matches this path.',
      details: [],
    });
  });

  test.each(['/nothing', '/nothing/', '/bots/a/b?x=1', '/apiary', '/api.html'])(
    'answers a browser at %s with its page for that, and programs with the error',
    async (url) => {
      const page = await get(url, { ...BROWSER, 'if-none-match': '*' });
      expect(page.statusCode).toBe(404);
      expect(page.body).toBe('<title>Hookpulse</title>');
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      for (const accept of ['*/*', 'application/json']) {
        expect((await get(url, { accept })).json()).toMatchObject({ status: 'error' });
      }
    },
  );

  test.each(['/api', '/api/', '/api/nothing', '/assets/index-old.js', '/assets'])(
    'leaves %s to the error, also for a browser',
    async (url) => {
      const answer = await get(url, BROWSER);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ status: 'error' });
    },
  );

  test('has nothing at dots, which clients would leave out', async () => {
    const listening = api.openApp({ dashboardFolder: folder });
    const url = await listening.listen({ host: '127.0.0.1', port: 0 });
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
    const bare = api.openApp({ dashboardFolder: join(folder, 'nothing') });
    const answer = await bare.inject('/');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error).toMatch(/vite build/);
    expect((await bare.inject('/api/session')).statusCode).toBe(200);
  });
});

describe('under a path', () => {
  let there: HttpApp;
  const ADMIN = { authorization: `Bearer ${TEST_TOKENS.admin}` };

  beforeAll(async () => {
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(
      join(folder, 'index.html'),
      '<html><head><link href="/assets/index.css"><script src="/assets/index-1a2b.js"></script>',
    );
    const publicUrl = 'http://ops.example.com/ops/hookpulse/';
    there = api.openApp({ dashboardFolder: folder, publicUrl });
  });

  test.each(['/ops/hookpulse', '/ops/hookpulse/', '/ops/hookpulse/bots/shop_bot', '/', '/bots'])(
    'the document at %s has its assets there, and says where it is',
    async (url) => {
      const answer = await there.inject({ url, headers: { 'accept-encoding': 'gzip' } });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe(
        '<html><head><meta name="base-path" content="/ops/hookpulse" />' +
          '<link href="/ops/hookpulse/assets/index.css">' +
          '<script src="/ops/hookpulse/assets/index-1a2b.js"></script>',
      );
    },
  );

  test('assets, API and probes are there, and at the root for proxies that take the path off', async () => {
    for (const path of ['/assets/index-1a2b.js', '/api/bots', '/api/health/webhook/', '/livez']) {
      for (const url of [path, `/ops/hookpulse${path}`]) {
        expect((await there.inject({ url, headers: ADMIN })).statusCode).toBe(200);
      }
    }
    expect(
      (await there.inject({ url: '/ops/hookpulses/api/bots', headers: ADMIN })).statusCode,
    ).toBe(404);
  });

  test('whatever names a path of the API names it there', async () => {
    const document = await there.inject({ url: '/ops/hookpulse/api/openapi.json', headers: ADMIN });
    expect(document.json()).toMatchObject({ servers: [{ url: '/ops/hookpulse' }] });
    const docs = await there.inject({ url: '/ops/hookpulse/api/docs', headers: ADMIN });
    expect(docs.body).toContain('src="/ops/hookpulse/api/docs/static/swagger-ui-bundle.js"');
    const page = { accept: 'text/html' };
    const toSignIn = await there.inject({ url: '/ops/hookpulse/api/docs', headers: page });
    expect(toSignIn.statusCode).toBe(302);
    expect(toSignIn.headers.location).toMatch(/^\/ops\/hookpulse\/sign-in\?next=%2Fapi%2Fdocs/);
    const created = await there.inject({
      method: 'POST',
      url: '/ops/hookpulse/api/bots',
      headers: ADMIN,
      payload: { name: 'Under', bot_id: 'under' },
    });
    expect(created.headers.location).toBe('/ops/hookpulse/api/bots/under');
  });

  test('a session holds there', async () => {
    const signedIn = await there.inject({
      method: 'POST',
      url: '/ops/hookpulse/api/session',
      payload: { token: TEST_TOKENS.admin },
    });
    const [cookie = ''] = String(signedIn.headers['set-cookie']).split(';');
    const asked = await there.inject({ url: '/ops/hookpulse/api/bots', headers: { cookie } });
    expect(asked.statusCode).toBe(200);
  });
});
