/** Docker Compose, version 2: the component of Docker's client, or one that is built here from its Go module. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { Value } from 'typebox/value';
import { cacheFolder } from '../../setup/cache-folder.ts';
import { run, succeeds } from './command.ts';

const MODULE = 'github.com/docker/compose/v2';
const VERSION = 'v2.40.3';
const Download = Type.Object({ Dir: Type.String() });

/** The words that a command begins with. @throws Error that says what is missing */
export async function composeCommand(client: string): Promise<readonly string[]> {
  if (await succeeds(client, ['compose', 'version'])) return [client, 'compose'];
  const cached = join(cacheFolder('hookpulse-deployment'), `docker-compose-${VERSION}`);
  if (!(await succeeds(cached, ['version']))) await build(cached);
  return [cached];
}

/** Takes minutes, once for each machine. */
async function build(target: string): Promise<void> {
  if (!(await succeeds('go', ['version']))) {
    throw new Error('Docker Compose is missing: install its component for Docker, or Go 1.24.');
  }
  console.log(`Building Docker Compose ${VERSION}`);
  const answer = await run('go', ['mod', 'download', '-json', `${MODULE}@${VERSION}`]);
  const flags = `-s -w -X ${MODULE}/internal.Version=${VERSION}`;
  const output = `${target}.new`;
  await run(
    'go',
    ['build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', output, './cmd'],
    {
      // In its folder: Go installs no program of a module whose go.mod excludes versions.
      cwd: Value.Parse(Download, JSON.parse(answer)).Dir,
      env: { CGO_ENABLED: '0' },
    },
  );
  await rename(output, target);
}
