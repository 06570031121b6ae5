/**
 * A common generator of clients, openapi-typescript with openapi-fetch, in a folder of its own that is kept
 * between runs: it needs an older TypeScript than this repository has.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../setup/cache-folder.ts';

/** All MIT, but TypeScript: Apache-2.0. */
const PACKAGES = {
  'openapi-fetch': '0.17.0',
  'openapi-typescript': '7.13.0',
  typescript: '5.9.3',
};
const TIMEOUT_MS = 240_000;

/**
 * Takes some seconds the first time, and none afterwards.
 * @returns the folder that has its `node_modules`, or why there is none
 */
export function prepareGenerator(): { readonly folder: string } | { readonly reason: string } {
  const name = Object.values(PACKAGES).join('-');
  const folder = join(cacheFolder('hookpulse-openapi-client'), name);
  if (existsSync(folder)) return { folder };
  // Beside its place first: another run may do the same, and this one may be cut off.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft);
  try {
    writeFileSync(join(draft, 'package.json'), JSON.stringify({ dependencies: PACKAGES }));
    const { status, stderr } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit'], {
      cwd: draft,
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
    });
    if (status !== 0)
      return { reason: `npm does not give it: ${String(stderr).trim().slice(-200)}` };
    if (!existsSync(folder)) renameSync(draft, folder);
    return { folder };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
