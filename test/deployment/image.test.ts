/** The Dockerfile: what it copies and installs is all that the services import, and no more. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDockerfile } from '../support/dockerfile.ts';
import { moduleGraph } from '../support/module-graph.ts';
import { composeService, jsonField, ROOT, readText, SERVICES } from './compose.ts';

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

test('does not run as root', () => {
  expect(instructions.at(-1)).toEqual({ name: 'USER', flags: [], words: ['node'] });
});

test('has every file and every package that the services import', () => {
  const entries = SERVICES.map((name) => composeService(name).command?.at(-1) ?? '');
  const { files, resources, packages } = moduleGraph(entries);
  expect(files.size).toBeGreaterThan(100);
  for (const file of [...files, ...resources]) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(file).toMatch(/^(packages|services)\//);
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
