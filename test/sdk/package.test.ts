/** The SDK as its users get it: packed, installed from the tarball, imported, compiled and bundled. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const SDK = join(ROOT, 'packages', 'sdk');
const MAX_TARBALL_BYTES = 40 * 1_000;
const ENTRIES = ['', '/express', '/fastify', '/fetch', '/grammy', '/telegraf'];
/** Of the user, beside the SDK. */
const PEERS = [
  'grammy',
  'telegraf',
  'kafkajs',
  'express',
  'fastify',
  '@types/express',
  '@types/node',
];

const run = promisify(execFile);

let project: string;
let tarball: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'hookpulse-sdk-user-'));
  const { stdout } = await npm(SDK, 'pack', '--json', '--pack-destination', project);
  const packed: { filename: string }[] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  tarball = join(project, String(packed[0]?.filename));
  await writeFile(join(project, 'package.json'), '{"type": "module", "private": true}');
  await npm(project, 'install', '--offline', '--no-audit', '--no-fund', tarball);
  for (const name of PEERS) {
    const place = join(project, 'node_modules', name);
    await mkdir(join(place, '..'), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), place);
  }
});
afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

function npm(cwd: string, ...args: string[]) {
  return run('npm', args, { cwd, encoding: 'utf8' });
}

test('it is small, and depends on nothing', async () => {
  expect((await readFile(tarball)).length).toBeLessThan(MAX_TARBALL_BYTES);
  const manifest = JSON.parse(
    await readFile(join(project, 'node_modules/@hookpulse/sdk/package.json'), 'utf8'),
  );
  expect(manifest.dependencies).toBeUndefined();
  const peers = Object.keys(manifest.peerDependencies);
  expect(peers.map((name) => manifest.peerDependenciesMeta[name].optional)).toEqual([
    true,
    true,
    true,
  ]);
});

test('its types are right wherever ES modules are resolved', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (!analysis.types) throw new Error('it has no types');
  expect(Object.keys(analysis.entrypoints).length).toBe(ENTRIES.length);
  // It is an ES module, on purpose: what cannot load one is left out.
  const problems = analysis.problems.filter(
    (problem) =>
      !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
  );
  expect(problems).toEqual([]);
});

test('every entry is imported by Node', async () => {
  const script = ENTRIES.map(
    (entry) => `console.log(Object.keys(await import('@hookpulse/sdk${entry}')).sort().join());`,
  ).join('\n');
  const args = ['--input-type=module', '-e', script];
  const { stdout } = await run(process.execPath, args, { cwd: project, encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual([
    'INVALID_SIGNATURE,SECRET_HEADER,chatKey,consumeUpdates,createReporter,updateType,verifySecret,watchSecret',
    'hookpulse,hookpulseErrors',
    ...['hookpulse', 'hookpulse', 'hookpulse', 'hookpulse'],
  ]);
});

test('the examples of the guides compile', async () => {
  const guides = ['sdk', 'consumers'].map((name) =>
    readFile(join(ROOT, 'docs/guides', `${name}.md`), 'utf8'),
  );
  const examples = [...(await Promise.all(guides)).join('\n').matchAll(/^```ts\n(.*?)^```/gms)].map(
    ([, code = '']) => code,
  );
  expect(examples.length).toBeGreaterThan(4);
  const files = await Promise.all(
    examples.map(async (code, at) => {
      const name = `example-${at}.ts`;
      await writeFile(join(project, name), `${code}\nexport {};\n`);
      return name;
    }),
  );
  const options = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const config = JSON.stringify({ compilerOptions: options, files });
  await writeFile(join(project, 'tsconfig.json'), config);
  const compiled = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project]).catch(
    (error: { stdout: string }) => error,
  );
  expect(compiled.stdout).toBe('');
});

const WORKER = `
  import { createReporter } from '@hookpulse/sdk';
  import { hookpulse } from '@hookpulse/sdk/fetch';
  export function start(fetch) {
    const reporter = createReporter({ url: 'https://hooks.test', token: 't', fetch });
    return hookpulse(reporter, { secretToken: 's' }, async (request) => {
      const { message } = await request.json();
      return Response.json({ text: message.text });
    });
  }`;

/** What a worker has; the language's own objects are those of the context. */
const WEB = {
  AbortController,
  Headers,
  Response,
  TextEncoder,
  URL,
  clearTimeout,
  crypto,
  performance,
  setTimeout,
};

test('a bundle of /fetch runs in a worker, without anything of Node', async () => {
  const code = await bundled(WORKER);
  expect(code).not.toMatch(/node:|require\(|\bprocess\.|\bBuffer\b/);
  const context = createContext({ ...WEB });
  runInContext(code, context);
  const reported: unknown[] = [];
  const worker = context.sdk.start(async (_url: string, init: { body: string }) => {
    reported.push(...JSON.parse(init.body));
    return Response.json({ accepted: 1, rejected: [] }, { status: 202 });
  });
  const pending: Promise<unknown>[] = [];
  const deliver = (secret: string) =>
    worker(
      new Request('https://bot.test/telegram', {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': secret },
        body: JSON.stringify({ update_id: 1, message: { text: 'hi' } }),
      }),
      {},
      { waitUntil: (promise: Promise<unknown>) => pending.push(promise) },
    );
  expect(await (await deliver('s')).json()).toEqual({ text: 'hi' });
  expect((await deliver('guessed')).status).toBe(401);
  await Promise.all(pending);
  expect(reported).toMatchObject([
    {
      event_type: 'received',
      update_id: 1,
      update_type: 'message',
      telegram_signature_valid: true,
    },
    { event_type: 'processed', update_id: 1 },
    { event_type: 'received', status: 'failed', error_type: 'InvalidSignature' },
  ]);
});

test('who imports a helper gets no reporter', async () => {
  const code = await bundled(`export { verifySecret } from '@hookpulse/sdk';`);
  expect(code).toContain('charCodeAt');
  expect(code).not.toContain('/api/events');
  expect(code.length).toBeLessThan(1_500);
});

/** By rolldown's own program: its engine does not accept the objects of Jest's realm. */
async function bundled(source: string): Promise<string> {
  const input = join(project, 'worker.js');
  const output = join(project, 'bundle.js');
  await writeFile(input, source);
  const options = ['--format', 'iife', '--name', 'sdk', '--platform', 'neutral', '--minify'];
  const program = join(ROOT, 'node_modules', '.bin', 'rolldown');
  await run(program, [input, '--file', output, ...options], { cwd: project, encoding: 'utf8' });
  return await readFile(output, 'utf8');
}
