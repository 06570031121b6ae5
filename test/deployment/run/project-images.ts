/** Our own two images, from the unchanged Dockerfile. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeService, jsonField, ROOT } from '../compose.ts';
import { run } from './command.ts';
import type { DockerEngine } from './docker-engine.ts';

/** With the embedded engines. */
export const WHOLE_IMAGE = `hookpulse:${jsonField('package.json', 'version')}`;
/** What docker-compose.yml runs. */
export const SLIM_IMAGE = composeService('ingest').image;

export async function buildProjectImages({ docker }: DockerEngine): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-npmrc-'));
  try {
    const secret = await npmSettings(join(folder, 'npmrc'));
    await docker('build', ...secret, '--target', 'slim', '--tag', SLIM_IMAGE, ROOT);
    await docker('build', ...secret, '--tag', WHOLE_IMAGE, ROOT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * How npm reaches its registry from here, where that is not the usual way: handed to the build alone, and in
 * no layer of the image.
 * @returns arguments of `docker build`
 */
async function npmSettings(file: string): Promise<readonly string[]> {
  const setting = (name: string) => run('npm', ['config', 'get', name], { cwd: ROOT });
  const registry = await setting('registry');
  const authorities = process.env.NODE_EXTRA_CA_CERTS || (await setting('cafile'));
  const lines = [`registry=${registry}`];
  if (authorities && authorities !== 'null') {
    const certificates = (await readFile(authorities, 'utf8')).match(
      /-----BEGIN[\s\S]+?-----END.*/g,
    );
    for (const one of certificates ?? []) lines.push(`ca[]="${one.replaceAll('\n', '\\n')}"`);
  }
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return ['--secret', `id=npmrc,src=${file}`];
}
