/** Every route of the app, found by itself, and what each gets who asks it. */

import { sha256Hex } from '@hookpulse/common/runtime/secrets';
import { PAGE_PATHS } from '@hookpulse/dashboard/page-paths';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RouteOptions } from 'fastify';
import { createSessionSeal } from '../access/session-seal.ts';
import type { OpenApiDocument } from '../domain/openapi.ts';
import { isRecord, type SchemaRecord } from '../domain/schema-example.ts';
import { newSession, type SessionAccess } from '../domain/session.ts';
import { testBot } from '../testing/bots.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const REPORT_TOKEN = 'report-token-of-a';
const seal = createSessionSeal(TEST_TOKENS);

/** What a route is for. A route that is not here fails the first test below. */
const ROUTES: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(Object.values(PAGE_PATHS).map((path) => [`GET ${path}`, 'page'] as const)),
  'GET /assets/:file': 'page',
  'GET /livez': 'reads',
  'GET /readyz': 'reads',
  'GET /metrics': 'reads',
  'GET /api/health/webhook': 'reads',
  'GET /api/health/webhook/:bot_id': 'reads',
  'GET /api/openapi.json': 'reads',
  'GET /api/docs': 'reads',
  'POST /api/session': 'anybody',
  'GET /api/session': 'tells',
  'DELETE /api/session': 'anybody',
  'GET /api/bots': 'reads',
  'POST /api/bots': 'writes',
  'GET /api/bots/:bot_id': 'reads',
  'PATCH /api/bots/:bot_id': 'writes',
  'DELETE /api/bots/:bot_id': 'writes',
  'GET /api/events': 'reads',
  'GET /api/events/stream': 'reads',
  'GET /api/events/:event_id': 'reads',
  'GET /api/metrics/hourly': 'reads',
  'POST /api/bots/:bot_id/rotate-secret': 'writes',
  'POST /api/bots/:bot_id/rotate-report-token': 'writes',
  'GET /api/alerts': 'reads',
  'GET /api/silences': 'reads',
  'POST /api/silences': 'writes',
  'GET /api/silences/:silence_id': 'reads',
  'DELETE /api/silences/:silence_id': 'writes',
  'GET /api/alert-settings': 'reads',
  'PATCH /api/alert-settings': 'writes',
  'GET /api/audit': 'administers',
  'GET /api/admin/reconciliation': 'reads',
  'POST /api/admin/cleanup': 'writes',
  'POST /api/admin/rebuilds': 'writes',
  'GET /api/admin/rebuilds/:rebuild_id': 'reads',
};
type Kind = 'page' | 'tells' | 'anybody' | 'reads' | 'writes' | 'administers';

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };
/** Who asks, and how. */
const CALLERS = {
  nobody: {},
  'a wrong token': { authorization: 'Bearer wrong' },
  'the report token of a bot': { authorization: `Bearer ${REPORT_TOKEN}` },
  'an expired cookie': cookie('admin', NOW_MS - 13 * 3_600_000),
  'a forged cookie': { cookie: forgedCookie(), ...SAME_ORIGIN },
  'the read token': { authorization: `Bearer ${TEST_TOKENS.read}` },
  'a read cookie': cookie('read', NOW_MS),
  'the admin token': { authorization: `Bearer ${TEST_TOKENS.admin}` },
  'an admin cookie': cookie('admin', NOW_MS),
  'an admin cookie from another site': {
    ...cookie('admin', NOW_MS),
    'sec-fetch-site': 'cross-site',
  },
} as const;
type CallerName = keyof typeof CALLERS;

/** Which callers a kind of route refuses, and with what; it lets all others pass. */
const UNKNOWN = {
  nobody: 401,
  'a wrong token': 401,
  'the report token of a bot': 401,
  'an expired cookie': 401,
  'a forged cookie': 401,
} as const;
const READERS = { 'the read token': 403, 'a read cookie': 403 } as const;
const OTHER_SITE = { 'an admin cookie from another site': 403 } as const;
const REFUSED: Readonly<Record<Kind, Partial<Record<CallerName, number>>>> = {
  page: {},
  tells: { 'a wrong token': 401, 'the report token of a bot': 401 },
  anybody: OTHER_SITE,
  reads: UNKNOWN,
  writes: { ...UNKNOWN, ...READERS, ...OTHER_SITE },
  administers: { ...UNKNOWN, ...READERS },
};

const UNKNOWN_EVENT_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

let api: TestQueryApi;
const found: RouteOptions[] = [];

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  await api.openApp({}, { onRoute: (route) => found.push(route) }).ready();
});
afterAll(() => api.close());
beforeEach(() => api.registry.put(testBot('a', { report_token_sha256: sha256Hex(REPORT_TOKEN) })));

test('every route of the app is in the table, and none that is not there', () => {
  const names = found.flatMap(({ method, url }) =>
    [method].flat().map((one) => `${one} ${url.replace(/(.)\/$/, '$1')}`),
  );
  const withoutHead = names.filter((name) => !name.startsWith('HEAD '));
  expect([...new Set(withoutHead)].toSorted()).toEqual(Object.keys(ROUTES).toSorted());
});

test('every route that is read answers HEAD, too', () => {
  const names = new Set(
    found.flatMap(({ method, url }) => [method].flat().map((one) => `${one} ${url}`)),
  );
  const read = [...names].filter((name) => name.startsWith('GET '));
  expect(read.filter((name) => !names.has(name.replace('GET', 'HEAD')))).toEqual([]);
});

/** Probes, pages and assets ignore a query. */
const API_ROUTES = Object.keys(ROUTES).filter((name) => name.includes(' /api/'));

test.each(API_ROUTES)('%s refuses what it does not know', async (name) => {
  const [method, path = ''] = name.split(' ');
  if (!isMethod(method)) throw new Error(`${method} is not asked for here`);
  const app = api.openApp();
  const headers = CALLERS['the admin token'];
  const document: OpenApiDocument = (
    await app.inject({ url: '/api/openapi.json', headers })
  ).json();
  const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${name} is not documented`);
  expect(operation.responses).toHaveProperty('400');
  const answer = await app.inject({
    method,
    url: `${path.replace(':event_id', UNKNOWN_EVENT_ID).replaceAll(':', '')}?dry_rum=true`,
    headers,
    ...(operation.requestBody ? { payload: exampleBody(operation.requestBody) } : {}),
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().details).toEqual([
    { field: 'dry_rum', message: expect.stringMatching(/^Unknown query parameter "dry_rum"/) },
  ]);
});

describe.each(Object.entries(ROUTES))('%s', (name, kind) => {
  test.each(Object.keys(CALLERS) as CallerName[])('for %s', async (caller) => {
    const [method, path = ''] = name.split(' ');
    if (!isMethod(method)) throw new Error(`${method} is not asked for here`);
    const answer = await api.openApp().inject({
      method,
      url: path.replace(':bot_id', 'a').replace(/:\w+/, 'nothing'),
      headers: CALLERS[caller],
      // Bad on purpose: who passes changes nothing.
      ...(method === 'POST' || method === 'PATCH' ? { payload: { unheard_of: 1 } } : {}),
      payloadAsStream: true,
    });
    answer.stream().destroy();
    const refusal = REFUSED[kind][caller];
    if (refusal !== undefined) expect(answer.statusCode).toBe(refusal);
    else expect([200, 202, 204, 400, 404]).toContain(answer.statusCode);
    if (answer.statusCode === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
});

function cookie(access: SessionAccess, signedInAtMs: number) {
  const sealed = seal.seal(newSession(access, 'session-1', signedInAtMs));
  return { cookie: `other=1; hookpulse_session=${sealed}`, ...SAME_ORIGIN };
}

/** A session that says admin, with the signature of one that says read. */
function forgedCookie(): string {
  const session = newSession('admin', 'session-1', NOW_MS);
  const [, signature] = seal.seal({ ...session, access: 'read' }).split('.');
  const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `hookpulse_session=${payload}.${signature}`;
}

function exampleBody({ content }: SchemaRecord): object {
  const media = isRecord(content) ? content['application/json'] : null;
  const example = isRecord(media) ? media.example : null;
  if (!isRecord(example)) throw new Error('the body has no example');
  return example;
}

function isMethod(method: string | undefined) {
  return method === 'GET' || method === 'POST' || method === 'PATCH' || method === 'DELETE';
}
