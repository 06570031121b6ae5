import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureSecretBox, secretBoxOf } from './secrets-key.ts';

let dataDir: string;
const unset = { key: null, previousKey: null };

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-secrets-key-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('without a key in the environment, one is made in the data folder, for its owner alone', async () => {
  expect(secretBoxOf({ secrets: unset })).toBeNull();
  const first = await ensureSecretBox({ dataDir, secrets: unset });
  const again = await ensureSecretBox({ dataDir, secrets: unset });
  expect(again.open(first.seal('s', 'a', 'f'), 'a', 'f')).toBe('s');
  expect((await stat(join(dataDir, 'secrets-key'))).mode & 0o777).toBe(0o600);
});

test('a key of the environment is taken instead, and no file is made', async () => {
  const key = randomSecret();
  const box = await ensureSecretBox({ dataDir, secrets: { key, previousKey: null } });
  expect(createSecretBox(key).open(box.seal('s', 'a', 'f'), 'a', 'f')).toBe('s');
  await expect(readFile(join(dataDir, 'secrets-key'))).rejects.toThrow('ENOENT');
});

test('what the key before encrypted is opened', async () => {
  const previousKey = randomSecret();
  const sealed = createSecretBox(previousKey).seal('s', 'a', 'f');
  const box = await ensureSecretBox({ dataDir, secrets: { key: null, previousKey } });
  expect(box.open(sealed, 'a', 'f')).toBe('s');
});

test('a file without a key stops the start', async () => {
  await writeFile(join(dataDir, 'secrets-key'), 'no key');
  await expect(ensureSecretBox({ dataDir, secrets: unset })).rejects.toThrow(
    /does not hold 32 bytes/,
  );
});
