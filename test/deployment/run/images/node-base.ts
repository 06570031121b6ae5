/** The base of our own images: the Node of the package `node`, and the npm that runs here, on Debian. */
import { cp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonField } from '../../compose.ts';
import { run } from '../command.ts';
import { debian } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** As in the image of Node: no certificates, npm in /usr/local, a user `node` of number 1000. */
const DOCKERFILE = `
FROM ${debian.tag}
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
COPY --chmod=755 node /usr/local/bin/node
CMD ["node"]
`;

const version = String(jsonField('package.json', 'dependencies', 'node'));

export const nodeBase: Recipe = {
  tag: `node:${version}-bookworm-slim`,
  fingerprint: DOCKERFILE + version + debian.fingerprint,
  base: debian,
  async make({ docker }, folder, label) {
    await cp(await npmFolder(), join(folder, 'npm'), {
      recursive: true,
      filter: (path) => !/\/npm\/(docs|man)$/.test(path),
    });
    // This process runs on that Node.
    await cp(process.execPath, join(folder, 'node'));
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await docker('build', '--label', label, '--tag', nodeBase.tag, folder);
  },
};

/** Of the npm that started this, or of the first one in PATH. */
async function npmFolder(): Promise<string> {
  const { npm_execpath: started } = process.env;
  if (started?.endsWith('npm-cli.js')) return dirname(dirname(started));
  return join(await run('npm', ['root', '--global']), 'npm');
}
