import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureAdminToken, readAdminToken } from './admin-token.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-token-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the first start makes a token, later ones read it', async () => {
  const first = await ensureAdminToken(folder);
  expect(first.isNew).toBe(true);
  expect(first.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await ensureAdminToken(folder)).toEqual({ token: first.token, isNew: false });
  expect(await readAdminToken(folder)).toBe(first.token);
});

test('the file is its owner’s alone, and the only one left', async () => {
  await ensureAdminToken(folder);
  expect(await readdir(folder)).toEqual(['admin-token']);
  const path = join(folder, 'admin-token');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  await ensureAdminToken(folder);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a draft left by a crash does not become the token', async () => {
  await writeFile(join(folder, 'admin-token.new'), 'half');
  expect((await ensureAdminToken(folder)).token).toHaveLength(43);
});

test('reading makes none', async () => {
  expect(await readAdminToken(folder)).toBeNull();
  expect(await readdir(folder)).toEqual([]);
});

test('an empty file is an error that says what to do', async () => {
  await writeFile(join(folder, 'admin-token'), '\n');
  await expect(ensureAdminToken(folder)).rejects.toThrow(/is empty\. Delete it/);
});
