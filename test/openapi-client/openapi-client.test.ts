/** A client that a common generator makes of `/api/openapi.json` compiles, and works. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '@hookpulse/query-api/testing/open-test-query-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeUnless } from '../setup/requirements.ts';
import { prepareGenerator } from './generator.ts';

const run = promisify(execFile);
const generator = prepareGenerator();

/** Compiled with the generated types: a path or a field that is misspelt does not compile. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.ts';

const [baseUrl = '', token = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } });
const made = await client.POST('/api/bots', { body: { name: 'Generated', bot_id: 'generated' } });
const bots = await client.GET('/api/bots');
const health = await client.GET('/api/health/webhook/{bot_id}', {
  params: { path: { bot_id: 'generated' } },
});
const events = await client.GET('/api/events', {
  params: { query: { bot_id: 'generated', limit: 10 } },
});
const missing = await client.GET('/api/bots/{bot_id}', { params: { path: { bot_id: 'nobody' } } });
console.log(
  JSON.stringify({
    made: made.data?.bot_id,
    bots: bots.data?.bots.map(({ name }) => name),
    status: health.data?.status,
    events: events.data?.events.length,
    missing: missing.error?.error,
  }),
);
`;

describeUnless('reason' in generator ? generator.reason : null, 'a generated client', () => {
  let folder: string;
  let api: TestQueryApi;
  let url: string;

  beforeAll(async () => {
    if ('reason' in generator) return;
    api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
    url = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-client-'));
    const modules = join(generator.folder, 'node_modules');
    await symlink(modules, join(folder, 'node_modules'));
    const headers = { authorization: `Bearer ${TEST_TOKENS.read}` };
    const document = await (await fetch(`${url}/api/openapi.json`, { headers })).text();
    await writeFile(join(folder, 'openapi.json'), document);
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    const program = join(modules, 'openapi-typescript', 'bin', 'cli.js');
    const args = [program, 'openapi.json', '--output', 'schema.ts'];
    await run(process.execPath, args, { cwd: folder });
  });
  afterAll(async () => {
    await api?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  test('compiles, and would not if a path were misspelt', async () => {
    expect(await compiled()).toBe('');
    await writeFile(join(folder, 'program.ts'), PROGRAM.replace("'/api/events'", "'/api/event'"));
    expect(await compiled()).toContain('/api/event');
    await writeFile(join(folder, 'program.ts'), PROGRAM);
  });

  test('registers a bot, and reads what there is of it', async () => {
    const args = [join(folder, 'program.ts'), url, TEST_TOKENS.admin];
    const { stdout } = await run(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({
      made: 'generated',
      bots: ['Generated'],
      status: 'awaiting_first_delivery',
      events: 0,
      missing: 'There is no bot with this bot_id.',
    });
  });

  async function compiled(): Promise<string> {
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022'];
    const more = ['--allowImportingTsExtensions', '--types', 'node', '--typeRoots'];
    const tsc = join(folder, 'node_modules/typescript/bin/tsc');
    const types = join(import.meta.dirname, '../../node_modules/@types');
    const args = [tsc, ...options, ...more, types, 'program.ts'];
    const result = await run(process.execPath, args, { cwd: folder, encoding: 'utf8' }).catch(
      (error: { stdout: string }) => error,
    );
    return result.stdout;
  }

  test('the generated types are of every path', async () => {
    const document = JSON.parse(await readFile(join(folder, 'openapi.json'), 'utf8'));
    const types = await readFile(join(folder, 'schema.ts'), 'utf8');
    for (const path of Object.keys(document.paths)) expect(types).toContain(`"${path}": {`);
  });
});
