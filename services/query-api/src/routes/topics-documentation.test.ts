import { PUBLIC_TOPICS } from '@hookpulse/api/public-topics';
import { CE_TYPES } from '@hookpulse/event-log/record-headers';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { judgeAsyncApi } from '../testing/judge-asyncapi.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const headers = { authorization: `Bearer ${TEST_TOKENS.read}` };

interface Document {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, { readonly description: string }>>;
  readonly 'x-internal-topics': readonly string[];
}

let api: TestQueryApi;
let app: ReturnType<TestQueryApi['openApp']>;
let text: string;
let document: Document;
beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  app = api.openApp({ publicUrl: 'https://ops.example.com/hookpulse' });
  const url = '/hookpulse/api/asyncapi.json';
  text = (await app.inject({ url, headers })).body;
  document = JSON.parse(text);
});
afterAll(() => api.close());

describe('the AsyncAPI document', () => {
  test('is 3.0, and valid to the official parser', async () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(await judgeAsyncApi(text)).toEqual([]);
  });

  test('an invalid document is not valid to it', async () => {
    const broken = text.replace('"#/components/messages/webhook.events"', '"#/components/none"');
    expect((await judgeAsyncApi(broken)).length).toBeGreaterThan(0);
  });

  test('has each topic of Hookpulse once, as public or as internal', () => {
    const publicTopics = Object.keys(document.channels);
    expect(publicTopics.toSorted()).toEqual(Object.keys(PUBLIC_TOPICS).toSorted());
    expect([...publicTopics, ...document['x-internal-topics']].toSorted()).toEqual(
      TOPIC_SPECS.map(({ name }) => name).toSorted(),
    );
  });

  test('names the ce_type that records have', () => {
    const types = Object.entries(PUBLIC_TOPICS).map(([name, { ceType }]) => [name, ceType]);
    expect(Object.fromEntries(types)).toEqual(CE_TYPES);
  });

  test('needs a token', async () => {
    expect((await app.inject('/hookpulse/api/asyncapi.json')).statusCode).toBe(401);
  });
});

describe('the page of topics', () => {
  test('says of each topic what readers may rely on, and loads nothing', async () => {
    const page = await app.inject({ url: '/hookpulse/api/docs/topics', headers });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const { name } of TOPIC_SPECS) expect(page.body).toContain(`<code>${name}</code>`);
    for (const { ordering } of Object.values(PUBLIC_TOPICS)) {
      expect(page.body).toContain(ordering.replaceAll('"', '&quot;'));
    }
    expect(page.body).not.toMatch(/<script|<img|src=|stylesheet|href="http/);
    expect(page.body).toContain('href="/hookpulse/api/asyncapi.json"');
  });

  test('is linked from the page of the HTTP API', async () => {
    const { info } = (await app.inject({ url: '/hookpulse/api/openapi.json', headers })).json();
    expect(info.description).toContain('(/hookpulse/api/docs/topics)');
  });
});
