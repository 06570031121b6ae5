/** The Dockerfile: what it copies and installs is all that the services import, and no more. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Instruction, readDockerfile } from '../support/dockerfile.ts';
import { moduleGraph } from '../support/module-graph.ts';
import { jsonField, ROOT, readText, SERVICES } from './compose.ts';

const ENTRY_POINT = 'scripts/container.mjs';
const instructions = readDockerfile();
const copies = instructions.filter(
  ({ name, flags }) => name === 'COPY' && !flags.some((flag) => flag.startsWith('--from=')),
);
const sources = copies.flatMap(({ words }) => words.slice(0, -1));

test('has no version of its own: the Node image is an argument', () => {
  expect(instructions[0]).toEqual({ name: 'ARG', flags: [], words: ['NODE_IMAGE'] });
  const bases = instructions.filter(({ name }) => name === 'FROM');
  const stages = bases.map(({ words }) => words[2]);
  expect(stages).toEqual(['manifests', 'packages', 'dashboard', undefined]);
  for (const { words } of bases) {
    if (!stages.includes(words[0])) expect(words[0]).toMatch(/^\$\{NODE_IMAGE\}$/);
  }
});

test('copies what is there, and forgets no workspace', () => {
  for (const source of sources) expect(existsSync(join(ROOT, source))).toBe(true);
  const workspaces = jsonField('package.json', 'workspaces');
  if (!Array.isArray(workspaces)) throw new Error('package.json has no workspaces');
  const manifests = workspaces.flatMap((pattern) =>
    globSync(`${pattern}/package.json`, { cwd: ROOT }),
  );
  expect(manifests.length).toBeGreaterThan(4);
  expect(sources.filter((source) => source.endsWith('/package.json')).toSorted()).toEqual(
    manifests.toSorted(),
  );
  for (const manifest of manifests) {
    expect(sources).toContain(`${manifest.split('/')[0]}/`);
  }
});

test('leaves out what is only for tests, chDB’s library and another Node', () => {
  const install = instructions.find(({ name, words }) => name === 'RUN' && words[0] === 'npm');
  expect(install?.words.slice(0, 5)).toEqual([
    ...['npm', 'ci', '--omit=dev', '--omit=optional', '--ignore-scripts'],
  ]);
});

test('builds the dashboard from its sources, and takes only what was built', () => {
  const inOrder = instructions.map(({ name, flags, words }) =>
    [name, ...flags, ...words].join(' '),
  );
  expect(inOrder).toEqual(
    expect.arrayContaining([
      'RUN npx vite build packages/dashboard',
      'COPY --from=dashboard /app/packages/dashboard/dist/ packages/dashboard/dist/',
    ]),
  );
  expect(readText('.dockerignore')).toContain('packages/dashboard/dist*');
});

test('has in the stage of the dashboard every workspace that the dashboard imports', () => {
  const { files } = moduleGraph(['packages/dashboard/src/main.tsx']);
  expect([...files].filter((file) => !file.startsWith('packages/dashboard/'))).not.toEqual([]);
  const stage = sourcesOf('dashboard');
  for (const file of files) expect(isCopied(file, stage)).toBe(true);
  // Links to the workspaces, and what the workspaces need, are there: it begins with all packages.
  expect(stageNamed('dashboard').words[0]).toBe('packages');
});

test('does not run as root', () => {
  expect(instructions).toContainEqual({ name: 'USER', flags: [], words: ['node'] });
});

test('has every file and every package that the services import', () => {
  const entries = SERVICES.map((name) => `services/${name}/src/main.ts`);
  const { files, resources, packages } = moduleGraph([ENTRY_POINT, ...entries]);
  expect(files.size).toBeGreaterThan(100);
  const stage = sourcesOf(undefined);
  for (const file of [...files, ...resources]) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(isCopied(file, stage)).toBe(true);
    // As .dockerignore has it.
    expect(file).not.toMatch(/\.test\.ts$|\/testing\//);
  }
  expect([...packages.keys()]).toEqual(expect.arrayContaining(['kafkajs', 'fastify', 'pino']));
  for (const [name, importers] of packages) {
    for (const workspace of importers) {
      expect(jsonField(`${workspace}/package.json`, 'dependencies')).toHaveProperty([name]);
    }
  }
  const ignored = readText('.dockerignore').split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['*', '**/*.test.ts', '**/testing']));
});

test.each(SERVICES)('starts %s by its name', (name) => {
  // It says what it needs: that is as far as it gets without an engine.
  const { status, stderr } = enter(name);
  expect(stderr).toContain(`${name} cannot start`);
  expect(status).toBe(1);
});

test.each(['', 'nothing', '../packages/cli'])('refuses what is no service: %j', (name) => {
  expect(enter(name)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^Hookpulse: no/) });
});

/** The entry point as the image runs it, without any setting. */
function enter(service: string) {
  const { words } = instructions.at(-1) ?? { words: [] };
  const [node, ...args]: string[] = JSON.parse(words.join(' '));
  expect([node, args.at(-1)]).toEqual(['node', ENTRY_POINT]);
  return spawnSync(process.execPath, [...args, service], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
}

/** @param stage - undefined for the last one */
function stageNamed(stage: string | undefined): Instruction {
  const from = instructions.find(({ name, words }) => name === 'FROM' && words[2] === stage);
  if (!from) throw new Error(`the Dockerfile has no stage ${stage}`);
  return from;
}

/** What a stage copies from the checkout. */
function sourcesOf(stage: string | undefined): string[] {
  const start = instructions.indexOf(stageNamed(stage)) + 1;
  const length = instructions.slice(start).findIndex(({ name }) => name === 'FROM');
  return instructions
    .slice(start, length < 0 ? undefined : start + length)
    .filter((instruction) => copies.includes(instruction))
    .flatMap(({ words }) => words.slice(0, -1));
}

function isCopied(file: string, sourcePaths: readonly string[]): boolean {
  return sourcePaths.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path));
}
