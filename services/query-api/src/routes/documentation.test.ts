import { isRecord } from '@hookpulse/api/schema-example';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { validate } from '@readme/openapi-parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { RouteOptions } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const headers = { authorization: `Bearer ${TEST_TOKENS.read}` };

let api: TestQueryApi;
let app: ReturnType<TestQueryApi['openApp']>;
let document: Record<string, unknown>;
const routes: RouteOptions[] = [];
beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  app = api.openApp({}, { onRoute: (route) => routes.push(route) });
  document = (await app.inject({ url: '/api/openapi.json', headers })).json();
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  test('is 3.1, and valid to a validator that also resolves references', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  });

  test('is valid to a validator that knows the official schema', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  test('has every route, each with a group, a summary and what it answers', () => {
    const operations = operationsOf(document);
    const names = operations.map(({ name }) => name);
    const registered = routes
      .filter(({ schema }) => schema?.hide !== true)
      .flatMap(({ method, url }) => [method].flat().map((one) => `${one} ${url}`))
      .filter((name) => !name.startsWith('HEAD '))
      .map((name) => name.replaceAll(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1'));
    expect(names.toSorted()).toEqual([...new Set(registered)].toSorted());
    for (const { name, operation } of operations) {
      const { tags, summary, responses, operationId } = operation;
      expect([name, tags, summary]).toEqual([
        name,
        [expect.any(String)],
        expect.stringMatching(/^[A-Z].{8,}$/),
      ]);
      expect(operationId).toMatch(/^[a-z_]+$/);
      expect(Object.keys(responses as object).some((status) => /^2/.test(status))).toBe(true);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has examples that are as their schemas say', () => {
    const problems = operationsOf(document).flatMap(({ name, operation }) =>
      [...mediaOf(operation)].flatMap(({ schema, example }) => {
        const errors = Compile(withoutReferences(schema) as TSchema).Errors(example);
        return errors.map(({ instancePath, message }) => `${name} ${instancePath}: ${message}`);
      }),
    );
    expect(problems).toEqual([]);
  });

  test('says of every operation who may ask, and which errors stand in front of it', () => {
    const byName = new Map(operationsOf(document).map(({ name, operation }) => [name, operation]));
    expect(byName.get('GET /api/bots')).toMatchObject({
      security: [{ token: [] }, { session: [] }],
    });
    expect(byName.get('GET /api/health/webhook')).toMatchObject({
      security: [{}, { token: [] }, { session: [] }],
    });
    expect(Object.keys(byName.get('POST /api/bots')?.responses as object)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '429',
      '500',
      '503',
    ]);
    expect(byName.get('POST /api/bots/{bot_id}/rotate-secret')).toMatchObject({
      requestBody: { required: false },
    });
  });
});

describe('the page', () => {
  test('has everything that it loads, of this origin, and nothing else of the folder', async () => {
    const page = await app.inject({ url: '/api/docs/', headers });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(loaded.length).toBeGreaterThan(5);
    for (const path of [...loaded, './json', './yaml']) {
      const { pathname } = new URL(path, 'http://x/api/docs/');
      const asset = await app.inject({ url: pathname, headers });
      expect([pathname, asset.statusCode]).toEqual([pathname, 200]);
    }
    expect(page.body).not.toMatch(/<script>|<style>|https?:/);
    expect((await app.inject({ url: '/api/docs/json', headers })).json()).toEqual(document);
  });

  test.each(['nothing.js', '..%2fpackage.json', '%2e%2e%2findex.js', 'index.css/x'])(
    'has nothing at static/%s',
    async (path) => {
      const answer = await app.inject({ url: `/api/docs/static/${path}`, headers });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toEqual({
        status: 'error',
        error: 'No route matches this path.',
        details: [],
      });
    },
  );

  test('sends a browser that has not signed in to where it can, and programs nowhere', async () => {
    const url = '/api/docs';
    const browser = await app.inject({ url, headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(browser.statusCode).toBe(302);
    expect(browser.headers.location).toBe('/sign-in?next=%2Fapi%2Fdocs');
    expect((await app.inject({ url })).statusCode).toBe(401);
    const json = await app.inject({ url: '/api/openapi.json', headers: { accept: 'text/html' } });
    expect(json.statusCode).toBe(401);
  });
});

function operationsOf(doc: Record<string, unknown>) {
  return Object.entries(doc.paths as object).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Record<string, unknown>>).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

/** Every content of an operation: schema and example. */
function* mediaOf(value: unknown): Generator<{ schema: unknown; example: unknown }> {
  if (!isRecord(value)) return;
  for (const [name, part] of Object.entries(value)) {
    if (name === 'content' && isRecord(part)) {
      for (const media of Object.values(part)) {
        if (isRecord(media)) yield { schema: media.schema, example: media.example };
      }
    } else yield* mediaOf(part);
  }
}

function withoutReferences(schema: unknown): unknown {
  if (!isRecord(schema)) return schema;
  const { components } = document;
  if (schema.$ref === '#/components/schemas/Error' && isRecord(components)) {
    return isRecord(components.schemas) ? components.schemas.Error : undefined;
  }
  return schema;
}
