/** Every route of the app, discovered at runtime, and what each caller gets from it. */

import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import { isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import { testBot } from '@hookpulse/common/testing/bots';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RouteOptions } from 'fastify';
import { createTestToken, signInWith } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import type { OpenApiDocument } from '../testing/openapi-document.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const REPORT_TOKEN = 'report-token-of-a';
const BOT_A = testBot('a', {
  report_token_sha256: sha256Hex(REPORT_TOKEN),
  forward: { url: 'https://bot.example.com/' },
});

/** What a route is for. A route that is not here fails the first test below. */
const ROUTES: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(Object.values(PAGE_PATHS).map((path) => [`GET ${path}`, 'page'] as const)),
  'GET /assets/:file': 'page',
  'GET /help': 'page',
  'GET /livez': 'page',
  'GET /readyz': 'page',
  'GET /metrics': 'reads',
  'GET /api/health/webhook': 'reads some',
  'GET /api/health/webhook/:bot_id': 'reads a bot',
  'GET /api/openapi.json': 'reads no bot',
  'GET /api/asyncapi.json': 'reads no bot',
  'GET /api/docs': 'reads no bot',
  'GET /api/docs/topics': 'reads no bot',
  'GET /api/docs/json': 'reads no bot',
  'GET /api/docs/yaml': 'reads no bot',
  'GET /api/docs/static/index.html': 'reads no bot',
  'GET /api/docs/static/swagger-initializer.js': 'reads no bot',
  'GET /api/docs/static/theme/hookpulse.css': 'reads no bot',
  'GET /api/docs/static/theme/mark.svg': 'reads no bot',
  'GET /api/docs/static/*': 'reads no bot',
  'POST /api/session': 'anybody',
  'GET /api/session': 'tells',
  'DELETE /api/session': 'anybody',
  'GET /api/sessions': 'reads no bot',
  'DELETE /api/sessions': 'ends its own',
  'DELETE /api/sessions/:session_id': 'ends its own',
  'GET /api/tokens': 'administers by reading',
  'POST /api/tokens': 'administers',
  'GET /api/tokens/:token_id': 'administers by reading',
  'DELETE /api/tokens/:token_id': 'administers',
  'GET /api/bots': 'reads some',
  'POST /api/bots': 'writes',
  'GET /api/bots/:bot_id': 'reads a bot',
  'PATCH /api/bots/:bot_id': 'writes a bot',
  'DELETE /api/bots/:bot_id': 'writes a bot',
  'GET /api/events': 'reads some',
  'GET /api/events/stream': 'reads some',
  'GET /api/events/:event_id': 'reads some',
  'GET /api/errors': 'reads some',
  'GET /api/errors/leading': 'reads some',
  'GET /api/errors/:fingerprint': 'reads some',
  'PATCH /api/errors/:fingerprint': 'writes',
  'GET /api/annotations': 'reads some',
  'POST /api/annotations': 'writes some',
  'DELETE /api/annotations/:annotation_id': 'writes some',
  'GET /status/:name': 'page',
  'GET /api/status/:name': 'page',
  'GET /api/status-pages': 'reads some',
  'POST /api/status-pages': 'writes some',
  'GET /api/status-pages/:name': 'reads some',
  'PATCH /api/status-pages/:name': 'writes some',
  'DELETE /api/status-pages/:name': 'writes some',
  'POST /api/status-pages/:name/link': 'writes some',
  'GET /api/saved-views': 'reads no bot',
  'POST /api/saved-views': 'keeps its own',
  'PATCH /api/saved-views/:view_id': 'keeps its own',
  'DELETE /api/saved-views/:view_id': 'keeps its own',
  'GET /api/metrics/hourly': 'reads some',
  'POST /api/bots/adopt': 'writes',
  'POST /api/bots/:bot_id/release': 'writes a bot',
  'POST /api/bots/:bot_id/rotate-secret': 'writes a bot',
  'POST /api/bots/:bot_id/rotate-report-token': 'writes a bot',
  'GET /api/bots/:bot_id/forwarding': 'reads a bot',
  'GET /api/bots/:bot_id/forwarding/history': 'reads a bot',
  'POST /api/bots/:bot_id/forwarding/pause': 'writes a bot',
  'POST /api/bots/:bot_id/forwarding/resume': 'writes a bot',
  'GET /api/updates/:bot_id/:update_id': 'administers a bot by reading',
  'GET /api/updates/stream': 'administers some by reading',
  'POST /api/updates/stream/progress': 'administers some',
  'POST /api/updates/replay': 'writes some',
  'GET /api/alerts': 'reads some',
  'GET /api/alerts/condition': 'reads some',
  'POST /api/alerts/test': 'administers',
  'GET /api/silences': 'reads some',
  'POST /api/silences': 'writes some',
  'GET /api/silences/:silence_id': 'reads some',
  'DELETE /api/silences/:silence_id': 'writes some',
  'GET /api/alert-settings': 'reads',
  'GET /api/notifications': 'reads some',
  'PATCH /api/alert-settings': 'writes',
  'GET /api/audit': 'administers by reading',
  'GET /api/admin/reconciliation': 'reads',
  'POST /api/admin/backups': 'administers',
  'POST /api/admin/cleanup': 'administers',
  'POST /api/admin/rebuilds': 'administers',
  'GET /api/admin/rebuilds/:rebuild_id': 'reads',
};
/** `some`: of the token's bots; `a bot`: the one of its path; `no bot`: it tells nothing of bots. */
type Kind =
  | 'page'
  | 'tells'
  | 'anybody'
  | 'ends its own'
  | 'keeps its own'
  | 'reads'
  | 'reads some'
  | 'reads a bot'
  | 'reads no bot'
  | 'writes'
  | 'writes some'
  | 'writes a bot'
  | 'administers'
  | 'administers some'
  | 'administers some by reading'
  | 'administers by reading'
  | 'administers a bot by reading';

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** Which callers a kind of route refuses, and with what; it lets all others pass. */
const UNKNOWN = {
  nobody: 401,
  'a wrong token': 401,
  'the report token of a bot': 401,
  'an expired session': 401,
  'an idle session': 401,
  'a session that was signed out': 401,
  'a session that was ended by another': 401,
  'a session of a revoked token': 401,
  'a session of a changed admin token': 401,
  'a forged cookie': 401,
  'a revoked token': 401,
  'an expired token': 401,
} as const;
const READERS = {
  'the read token': 403,
  'a read session': 403,
  'a named read token': 403,
  'a read token of this bot': 403,
} as const;
const WRITERS = {
  'a named write token': 403,
  'a write token of this bot': 403,
  'a write session of this bot': 403,
} as const;
const OTHER_SITE = { 'an admin session from another site': 403 } as const;
const OTHER_BOT_UNKNOWN = {
  'a read token of another bot': 404,
  'a write token of another bot': 404,
  'an admin token of another bot': 404,
} as const;
const OTHER_BOT_REFUSED = {
  'a read token of another bot': 403,
  'a write token of another bot': 403,
  'an admin token of another bot': 403,
} as const;
/** Of those for another bot, an admin token may ask, and is told by the bot that it names. */
const OTHER_BOT_LESS = {
  'a read token of another bot': 403,
  'a write token of another bot': 403,
} as const;
const SOME_BOTS_REFUSED = {
  ...OTHER_BOT_REFUSED,
  'a read token of this bot': 403,
  'a write token of this bot': 403,
  'a write session of this bot': 403,
  'an admin token of this bot': 403,
} as const;
const WRITES = { ...UNKNOWN, ...READERS, ...OTHER_SITE };
const REFUSED: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  page: {},
  tells: {
    'a wrong token': 401,
    'the report token of a bot': 401,
    'a revoked token': 401,
    'an expired token': 401,
  },
  anybody: OTHER_SITE,
  'ends its own': { ...UNKNOWN, ...OTHER_SITE },
  'keeps its own': { ...UNKNOWN, ...OTHER_SITE },
  reads: { ...UNKNOWN, ...SOME_BOTS_REFUSED },
  'reads some': UNKNOWN,
  'reads a bot': { ...UNKNOWN, ...OTHER_BOT_UNKNOWN },
  'reads no bot': UNKNOWN,
  writes: { ...WRITES, ...SOME_BOTS_REFUSED },
  'writes some': { ...WRITES, 'a read token of another bot': 403 },
  'writes a bot': { ...WRITES, ...OTHER_BOT_UNKNOWN, 'a read token of another bot': 403 },
  administers: { ...WRITES, ...WRITERS, ...SOME_BOTS_REFUSED },
  'administers some': { ...WRITES, ...WRITERS, ...OTHER_BOT_LESS },
  'administers some by reading': { ...UNKNOWN, ...READERS, ...WRITERS, ...OTHER_BOT_LESS },
  'administers by reading': { ...UNKNOWN, ...READERS, ...WRITERS, ...SOME_BOTS_REFUSED },
  'administers a bot by reading': {
    ...UNKNOWN,
    ...READERS,
    ...WRITERS,
    ...OTHER_BOT_REFUSED,
    'an admin token of another bot': 404,
  },
};

const UNKNOWN_EVENT_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOWHERE_UNKNOWN = [
  'the admin token',
  'an admin session',
  'a named admin token',
  'a session with a named token',
  'an admin token of this bot',
] as const;
const CALLER_NAMES = [
  ...NOWHERE_UNKNOWN,
  ...[UNKNOWN, READERS, WRITERS, OTHER_SITE, OTHER_BOT_UNKNOWN].flatMap(Object.keys),
];

let api: TestQueryApi;
let app: HttpApp;
let document: OpenApiDocument;
let callers: ReadonlyMap<string, Readonly<Record<string, string>>>;
const found: RouteOptions[] = [];

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  await api.registry.put(BOT_A);
  app = api.openApp({}, { onRoute: (route) => found.push(route) });
  await app.ready();
  callers = new Map(Object.entries(await createCallers()));
  const headers = { authorization: `Bearer ${TEST_TOKENS.admin}` };
  document = (await app.inject({ url: '/api/openapi.json', headers })).json();
});
afterAll(() => api.close());

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

/** Probes, pages and assets ignore a query, or are not documented. */
const API_ROUTES = Object.keys(ROUTES).filter(
  (name) => name.includes(' /api/') && !name.includes(' /api/docs/'),
);

test.each(API_ROUTES)('%s refuses what it does not know', async (name) => {
  const [method, path = ''] = name.split(' ');
  if (!isMethod(method)) throw new Error(`${method} is not asked for here`);
  const headers = callers.get('the admin token') ?? {};
  const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${name} is not documented`);
  expect(operation.responses).toHaveProperty('400');
  const required = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map((parameter) => `&${String(parameter.name)}=${validValue(parameter.schema)}`);
  const answer = await app.inject({
    method,
    url: `${path.replace(':event_id', UNKNOWN_EVENT_ID).replace(':update_id', '7').replace(':fingerprint', '0123456789abcdef').replaceAll(':', '')}?dry_rum=true${required.join('')}`,
    headers,
    ...(operation.requestBody ? { payload: exampleBody(operation.requestBody) } : {}),
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().details).toEqual([
    { field: 'dry_rum', message: expect.stringMatching(/^Unknown query parameter "dry_rum"/) },
  ]);
});

/** Of a required parameter, so that only what is unknown is refused. */
function validValue(schema: unknown): string {
  if (!isRecord(schema)) return 'a';
  if (Array.isArray(schema.enum)) return String(schema.enum[0]);
  return schema.format === 'date-time' ? new Date(NOW_MS).toISOString() : 'a';
}

test('every caller of the table is made, and none that is not there', () => {
  expect([...callers.keys()].toSorted()).toEqual(CALLER_NAMES.toSorted());
});

test.each(Object.entries(ROUTES))('%s', async (name, kind) => {
  const [method, path = ''] = name.split(' ');
  if (!isMethod(method)) throw new Error(`${method} is not asked for here`);
  const url = path.replace(':bot_id', 'a').replace(/:\w+/, 'nothing');
  const refusals: Record<string, number> = {};
  for (const [caller, headers] of callers) {
    const answer = await app.inject({
      method,
      // Invalid on purpose: a caller that passes changes nothing.
      url: method === 'DELETE' ? `${url}?unheard_of=1` : url,
      headers,
      // Each route from its own: one address may fail so often only.
      remoteAddress: `203.0.113.${Object.keys(ROUTES).indexOf(name)}`,
      ...(method === 'POST' || method === 'PATCH' ? { payload: { unheard_of: 1 } } : {}),
      payloadAsStream: true,
    });
    answer.stream().destroy();
    const { statusCode } = answer;
    if (statusCode === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
    // What is not there is not there for anybody; the bot `a` is.
    const isThere = path.includes(':bot_id');
    if (statusCode >= 401 && (statusCode !== 404 || isThere)) refusals[caller] = statusCode;
  }
  expect(refusals).toEqual(REFUSED[kind]);
});

async function createCallers(): Promise<Record<string, Readonly<Record<string, string>>>> {
  const named = async (fields: Parameters<typeof createTestToken>[1]) => {
    const { authorization } = await createTestToken(api, fields);
    return { authorization };
  };
  const session = async (token: string, at = app) => ({
    cookie: `other=1; ${await signInWith(at, token)}`,
    ...SAME_ORIGIN,
  });
  const revoke = async (tokenId: string) => {
    await app.inject({
      method: 'DELETE',
      url: `/api/tokens/${tokenId}`,
      headers: { authorization: `Bearer ${TEST_TOKENS.admin}` },
    });
  };
  const revoked = await createTestToken(api, { scope: 'admin' });
  const revokedLater = await createTestToken(api, { scope: 'admin' });
  const ofRevoked = await session(revokedLater.token);
  await Promise.all([revoke(revoked.tokenId), revoke(revokedLater.tokenId)]);

  const signedOut = await session(TEST_TOKENS.admin);
  await app.inject({ method: 'DELETE', url: '/api/session', headers: signedOut });
  const endedByOther = await session(TEST_TOKENS.admin);
  const who = await app.inject({ url: '/api/session', headers: endedByOther });
  await app.inject({
    method: 'DELETE',
    url: `/api/sessions/${who.json().session_id}`,
    headers: { authorization: `Bearer ${TEST_TOKENS.admin}` },
  });

  api.clock.nowMs = NOW_MS - 13 * HOUR_MS;
  const expired = await session(TEST_TOKENS.admin);
  api.clock.nowMs = NOW_MS - 2 * HOUR_MS;
  const idle = await session(TEST_TOKENS.admin);
  api.clock.nowMs = NOW_MS;

  const admin = await session(TEST_TOKENS.admin);
  const writer = await createTestToken(api, { scope: 'write', bots: ['a', 'c'] });
  const nameOfCookie = admin.cookie.split('; ')[1]?.split('=')[0] ?? '';
  return {
    nobody: {},
    'a wrong token': { authorization: 'Bearer hp_wrong' },
    'the report token of a bot': { authorization: `Bearer ${REPORT_TOKEN}` },
    'an expired session': expired,
    'an idle session': idle,
    'a session that was signed out': signedOut,
    'a session that was ended by another': endedByOther,
    'a session of a revoked token': ofRevoked,
    'a session of a changed admin token': await session(
      'before',
      api.openApp({ tokens: { ...TEST_TOKENS, admin: 'before' } }),
    ),
    'a forged cookie': { cookie: `${nameOfCookie}=${sha256Hex('forged')}`, ...SAME_ORIGIN },
    'a revoked token': { authorization: revoked.authorization },
    'an expired token': await named({
      scope: 'admin',
      expires_at: new Date(NOW_MS).toISOString(),
    }),
    'the read token': { authorization: `Bearer ${TEST_TOKENS.read}` },
    'a read session': await session(TEST_TOKENS.read),
    'a named read token': await named({ scope: 'read' }),
    'a read token of this bot': await named({ scope: 'read', bots: ['a'] }),
    'a read token of another bot': await named({ scope: 'read', bots: ['b'] }),
    'a named write token': await named({ scope: 'write' }),
    'a write token of this bot': { authorization: writer.authorization },
    'a write session of this bot': await session(writer.token),
    'a write token of another bot': await named({ scope: 'write', bots: ['b'] }),
    'the admin token': { authorization: `Bearer ${TEST_TOKENS.admin}` },
    'an admin session': admin,
    'an admin session from another site': { ...admin, 'sec-fetch-site': 'cross-site' },
    'a named admin token': await named({ scope: 'admin' }),
    'a session with a named token': await session(
      (await createTestToken(api, { scope: 'admin' })).token,
    ),
    'an admin token of this bot': await named({ scope: 'admin', bots: ['a'] }),
    'an admin token of another bot': await named({ scope: 'admin', bots: ['b'] }),
  };
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
