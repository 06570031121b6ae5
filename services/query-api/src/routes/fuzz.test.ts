/**
 * The API against its own OpenAPI document: whatever is asked, the status is one that the document
 * has for the operation, the content type and the body are as it says, and nothing is a 500.
 *
 * `FUZZ_SEED` and `FUZZ_RUNS` (requests for each operation) ask other questions than those of every day.
 */

import { isRecord } from '@hookpulse/api/schema-example';
import { testBot } from '@hookpulse/common/testing/bots';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { followAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { followRebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type FuzzedRequest, fuzzedRequests, schemaOf } from '../testing/fuzzed-requests.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import type { OpenApiDocument, Operation } from '../testing/openapi-document.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';
import { UNREAD } from '../testing/unread-tables.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20_260_210);
const RUNS = Number(process.env.FUZZ_RUNS ?? 30);
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const headers = { authorization: `Bearer ${TEST_TOKENS.admin}` };

const event = testEvent('2026-02-10T19:00:00Z', { event_type: 'error', status: 'failed' });
/** So that erasing does not wait for an aggregator that is not there. */
const erase = { propagationMs: 0, patienceMs: 0 };

const METHODS: Readonly<Record<string, 'POST' | 'PATCH' | 'DELETE'>> = {
  post: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
};

type App = ReturnType<TestQueryApi['openApp']>;

let api: TestQueryApi;
let usual: App;
let nobody: ClickHouseClient;
let document: OpenApiDocument;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  usual = api.openApp();
  document = (await usual.inject({ url: '/api/openapi.json', headers })).json();
  // Nobody listens on port 1.
  nobody = await openClickHouse({ url: 'http://127.0.0.1:1/nowhere', dataDir: '' });
  await storeRawEvents(api.clickhouse, [event]);
  await storeEvents(api.clickhouse, [event]);
});
afterAll(async () => {
  await nobody?.close();
  await api?.close();
});

describe.each([
  ['with everything there', RUNS, (): App => api.openApp({ erase })],
  [
    'while log and store are away',
    Math.ceil(RUNS / 4),
    (): App => api.openApp({ erase }, awayEngines()),
  ],
])(`seed ${SEED}, %s`, (_name, numRuns, openApp) => {
  test('every answer is as the document says', async () => {
    const app = openApp();
    const problems: string[] = [];
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const silence = await usual.inject({
          method: 'POST',
          url: '/api/silences',
          headers,
          payload: { reason: 'a deployment', duration_minutes: 5 },
        });
        const known = {
          bot_id: 'a',
          event_id: event.event_id,
          silence_id: silence.json().silence_id,
        };
        // Others may have erased it.
        await storeRawEvents(api.clickhouse, [event]);
        await api.registry.put(testBot('a'));
        const result = await fc.check(
          fc.asyncProperty(fuzzedRequests(path, operation, known), async (request) => {
            if (method === 'delete') await api.registry.put(testBot('a'));
            const problem = await problemOf(app, method, operation, request);
            if (problem !== null) throw new Error(problem);
          }),
          { seed: SEED, numRuns },
        );
        if (result.failed) {
          const request = JSON.stringify(result.counterexample?.[0])?.slice(0, 500);
          problems.push(`${method} ${path}: ${result.errorInstance} for ${request}`);
        }
      }
    }
    expect(problems).toEqual([]);
  });
});

/** What no number or truth value is, though some languages take it for one. */
const OTHER_TEXTS: Readonly<Record<string, readonly string[]>> = {
  integer: ['true', '', '0x10', '1.5', 'null', '1,2'],
  number: ['true', '', '0x10', 'NaN'],
  boolean: ['maybe', '2', 'null'],
};

test('what is of another type than the document says is refused', async () => {
  const accepted: string[] = [];
  const expectRefused = async (method: string, url: string, payload?: string) => {
    const answer = await usual.inject({
      method: METHODS[method] ?? 'GET',
      url,
      headers: { ...headers, ...(payload ? { 'content-type': 'application/json' } : {}) },
      ...(payload ? { payload } : {}),
      payloadAsStream: true,
    });
    answer.stream().destroy();
    const { statusCode } = answer;
    if (statusCode !== 400) accepted.push(`${method} ${url} ${payload ?? ''}: ${statusCode}`);
  };
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { parameters, requestBody }] of Object.entries(methods)) {
      const url = path.replace('{bot_id}', 'a').replaceAll(/\{\w+\}/g, 'nothing');
      for (const { name, schema, in: place } of parameters ?? []) {
        const texts = isRecord(schema) && place === 'query' ? OTHER_TEXTS[`${schema.type}`] : [];
        for (const text of texts ?? []) await expectRefused(method, `${url}?${name}=${text}`);
      }
      const bodies = requestBody ? ['null', '[]', '"text"', '1', 'true'] : [];
      for (const body of bodies) await expectRefused(method, url, body);
    }
  }
  expect(accepted).toEqual([]);
});

/** Null: all is well. */
async function problemOf(
  app: App,
  method: string,
  operation: Operation,
  { path, contentType, body }: FuzzedRequest,
): Promise<string | null> {
  const answer = await app.inject({
    method: METHODS[method] ?? 'GET',
    url: path,
    headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(body === undefined ? {} : { payload: body }),
    payloadAsStream: true,
  });
  const { statusCode } = answer;
  const type = `${answer.headers['content-type'] ?? ''}`.split(';')[0] ?? '';
  const isStream = type === 'text/event-stream';
  const text = isStream ? '' : await textOf(answer.stream());
  if (isStream) answer.stream().destroy();
  const described = operation.responses[statusCode];
  if (statusCode === 500) return `500 ${text}`;
  if (!isRecord(described)) return `${statusCode} is not documented: ${text.slice(0, 200)}`;
  if (answer.headers['x-request-id'] === undefined) return 'there is no x-request-id';
  if (described.content === undefined) return text === '' ? null : `a body: ${text.slice(0, 200)}`;
  if (!isRecord(described.content) || !Object.hasOwn(described.content, type)) {
    return `${statusCode} of type ${type}`;
  }
  if (type !== 'application/json') return null;
  const [error] = validatorOf(described).Errors(JSON.parse(text));
  return error
    ? `${statusCode} ${error.instancePath} ${error.message}: ${text.slice(0, 200)}`
    : null;
}

const validators = new WeakMap<object, ReturnType<typeof Compile>>();

function validatorOf(described: Readonly<Record<string, unknown>>): ReturnType<typeof Compile> {
  const known = validators.get(described);
  if (known) return known;
  const schema = schemaOf(described);
  const isError = isRecord(schema) && schema.$ref === '#/components/schemas/Error';
  const { schemas } = document.components as { schemas: { Error: TSchema } };
  const validator = Compile(isError ? schemas.Error : (schema as TSchema));
  validators.set(described, validator);
  return validator;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function awayEngines() {
  const refuse = () => Promise.reject(new LogUnavailableError('away'));
  const log: EventLog = {
    ...api.deps.log,
    ping: refuse,
    publish: refuse,
    follow: refuse,
    ranges: refuse,
    offsetsAt: refuse,
    committed: refuse,
    partitionFor: refuse,
  };
  const registry = {
    get: (botId: string) => api.registry.get(botId),
    list: () => api.registry.list(),
    ownerOfReportToken: (sha256: string) => api.registry.ownerOfReportToken(sha256),
    put: refuse,
    remove: refuse,
    close: async () => undefined,
  };
  const controls = {
    overrides: {},
    silences: () => api.controls.silences(),
    putSilence: refuse,
    forgetSilence: refuse,
    putOverrides: refuse,
    close: async () => undefined,
  };
  const unread = { alerts: followAlertStates(UNREAD), rebuilds: followRebuilds(UNREAD) };
  return { log, registry, controls, clickhouse: nobody, ...unread };
}
