/** The Dockerfile: what it copies and installs is all that the services import, and no more. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Instruction, readDockerfile } from '../support/dockerfile.ts';
import { moduleGraph } from '../support/module-graph.ts';
import { jsonField, ROOT, readText, SERVICES } from './compose.ts';

const ENTRY_POINT = 'scripts/container.mjs';
/** What the entry point becomes, beside the services. */
const PROGRAMS = ['scripts/start-embedded.ts', 'packages/cli/src/main.ts'];
const instructions = readDockerfile();
const copies = instructions.filter(
  ({ name, flags }) => name === 'COPY' && !flags.some((flag) => flag.startsWith('--from=')),
);
const sources = copies.flatMap(({ words }) => words.slice(0, -1));

test('takes the Node of the package `node` unless told otherwise, for every stage', () => {
  const version = jsonField('package.json', 'dependencies', 'node');
  expect(instructions[0]).toEqual({
    name: 'ARG',
    flags: [],
    words: [`NODE_IMAGE=node:${version}-bookworm-slim`],
  });
  const bases = instructions.filter(({ name }) => name === 'FROM');
  const stages = bases.map(({ words }) => words[2]);
  expect(stages).toEqual([
    ...['manifests', 'packages', 'embedded', 'dashboard', 'program', 'slim', undefined],
  ]);
  for (const { words } of bases) {
    if (!stages.includes(words[0])) expect(words[0]).toMatch(/^\$\{NODE_IMAGE\}$/);
  }
});

test('is labelled with the version of the package', () => {
  const label = instructions.find(({ name }) => name === 'LABEL');
  const version = jsonField('package.json', 'version');
  expect(label?.words).toContain(`org.opencontainers.image.version="${version}"`);
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

test('leaves out what is only for tests and another Node, and chDB’s library where it is slim', () => {
  const installs = ['packages', 'embedded'].map((stage) => {
    const words = stageOf(stage).find(({ name }) => name === 'RUN')?.words ?? [];
    return words.slice(words.indexOf('npm')).join(' ');
  });
  expect(installs).toEqual([
    'npm ci --omit=dev --omit=optional --ignore-scripts',
    'npm ci --omit=dev --ignore-scripts',
  ]);
  expect(stageNamed(undefined).words[0]).toBe('slim');
  expect(stageOf(undefined)).toContainEqual({
    name: 'COPY',
    flags: ['--from=embedded'],
    words: ['/app/node_modules/@chdb/', 'node_modules/@chdb/'],
  });
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
  expect(instructions).toContainEqual({ name: 'USER', flags: [], words: ['1000:1000'] });
});

test('has every file and every package that its programs import', () => {
  const entries = SERVICES.map((name) => `services/${name}/src/main.ts`);
  const { files, resources, packages } = moduleGraph([ENTRY_POINT, ...entries, ...PROGRAMS]);
  expect(files.size).toBeGreaterThan(100);
  const stage = sourcesOf('program');
  for (const file of [...files, ...resources]) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(isCopied(file, stage)).toBe(true);
    // As .dockerignore has it.
    expect(file).not.toMatch(/\.test\.ts$|\/testing\//);
  }
  expect([...packages.keys()]).toEqual(expect.arrayContaining(['kafkajs', 'fastify', 'pino']));
  for (const [name, importers] of packages) {
    for (const workspace of importers) {
      // Scripts are no workspace: what they import is there because a workspace needs it.
      if (workspace.startsWith('scripts/')) continue;
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

test('becomes the command line, with its arguments', () => {
  const { status, stdout } = enter('hookpulse', 'doctor', '--help');
  expect(stdout).toContain('doctor');
  expect(status).toBe(0);
});

/** The entry point as the image runs it, without any setting. */
function enter(...programArgs: readonly string[]) {
  const words = stageOf('slim').find(({ name }) => name === 'ENTRYPOINT')?.words ?? [];
  const [node, ...args]: string[] = JSON.parse(words.join(' '));
  const entryPoint = args.pop();
  expect([node, entryPoint]).toEqual(['node', `/app/${ENTRY_POINT}`]);
  return spawnSync(process.execPath, [...args, ENTRY_POINT, ...programArgs], {
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

/** The instructions of a stage, after its FROM. */
function stageOf(stage: string | undefined): Instruction[] {
  const start = instructions.indexOf(stageNamed(stage)) + 1;
  const length = instructions.slice(start).findIndex(({ name }) => name === 'FROM');
  return instructions.slice(start, length < 0 ? undefined : start + length);
}

/** What a stage copies from the checkout. */
function sourcesOf(stage: string | undefined): string[] {
  return stageOf(stage)
    .filter((instruction) => copies.includes(instruction))
    .flatMap(({ words }) => words.slice(0, -1));
}

function isCopied(file: string, sourcePaths: readonly string[]): boolean {
  return sourcePaths.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path));
}
