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

const REACHED_WITHIN_MS = 20_000;

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

/** @param image - of Node @throws Error when containers of this engine cannot reach npm's registry */
export async function assertRegistryIsReached({ docker }: DockerEngine, image: string) {
  const { hostname, port, protocol } = new URL(await npmSetting('registry'));
  const script = `require('net').connect(${port || (protocol === 'http:' ? 80 : 443)}, '${hostname}')
    .on('connect', () => process.exit()).setTimeout(${REACHED_WITHIN_MS}, () => process.exit(1))`;
  await docker('run', '--rm', '--entrypoint', 'node', image, '--eval', script);
}

/**
 * How npm reaches its registry from here, where that is not the usual way: handed to the build alone, and in
 * no layer of the image.
 * @returns arguments of `docker build`
 */
async function npmSettings(file: string): Promise<readonly string[]> {
  const registry = await npmSetting('registry');
  const authorities = process.env.NODE_EXTRA_CA_CERTS || (await npmSetting('cafile'));
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

function npmSetting(name: string): Promise<string> {
  return run('npm', ['config', 'get', name], { cwd: ROOT });
}
