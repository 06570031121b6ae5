/** Which token a command shows, and where. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@hookpulse/service-kit/process/env';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiAccess } from './access.ts';

const HERE = 'http://127.0.0.1:8081';
const ELSEWHERE = 'https://hookpulse.example.com';

let withFile: string;
let empty: string;

beforeAll(async () => {
  withFile = await mkdtemp(join(tmpdir(), 'hookpulse-access-'));
  empty = await mkdtemp(join(tmpdir(), 'hookpulse-access-'));
  await writeFile(join(withFile, 'admin-token'), 'kept-admin\n', { mode: 0o600 });
});
afterAll(async () => {
  for (const folder of [withFile, empty]) await rm(folder, { recursive: true });
});

test.each([
  [{ ADMIN_TOKEN: 'given-admin', READ_TOKEN: 'given-read' }, true, HERE, 'given-admin'],
  [{ READ_TOKEN: 'given-read' }, true, HERE, 'kept-admin'],
  [{}, true, HERE, 'kept-admin'],
  [{ READ_TOKEN: 'given-read' }, false, HERE, 'given-read'],
  [{ READ_TOKEN: 'given-read' }, true, ELSEWHERE, 'given-read'],
  [{}, true, ELSEWHERE, null],
])('with %o and a kept token (%s), %s is shown %s', async (tokens, isKept, url, shown) => {
  const config = readConfig({ ...tokens, DATA_DIR: isKept ? withFile : empty });
  expect(await apiAccess({ url }, config)).toEqual({ origin: url, token: shown });
  expect((await apiAccess({ url, token: 'mine' }, config)).token).toBe('mine');
});
