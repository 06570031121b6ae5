/** What the installation knows of the packages that it was handed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { unverifiedPackages } from './pinned-node.mjs';

interface Entry {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
}

const lock: { readonly packages: Record<string, Entry> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'),
);

test('every package has a hash, but for libraries of chDB that the registry did not carry', () => {
  const { packages } = lock;
  const unverified = unverifiedPackages(packages, packages);
  for (const name of unverified) expect(name).toMatch(/^@chdb\/lib-(darwin|linux-arm64)/);
  // An installation on one of those platforms is told (`installed` names all of them here).
  expect(unverified).toHaveLength(3);
});

test('only what was installed without one is told of', () => {
  const wanted = {
    '': {},
    'packages/common': {},
    'node_modules/@hookpulse/common': { link: true },
    'node_modules/a': { integrity: 'sha512-…' },
    'node_modules/@x/darwin': {},
    'node_modules/a/node_modules/b': {},
  };
  const installed = { 'node_modules/a': {}, 'node_modules/a/node_modules/b': {} };
  expect(unverifiedPackages(wanted, installed)).toEqual(['b']);
});
