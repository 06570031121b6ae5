/** Mailpit from its Go module: its SMTP server and its API; the pages of its user interface are not in the module. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageOf } from '../../../setup/images.ts';
import { run, succeeds } from '../command.ts';
import { debian } from './debian.ts';
import type { Recipe } from './recipe.ts';

const MODULE = 'github.com/axllent/mailpit';
const tag = imageOf('mailpit');
/** Not on `scratch`: a second start gives a tmpfs the mode of the image's own /tmp, which is to be there. */
const DOCKERFILE = `
FROM ${debian.tag}
COPY --chmod=755 mailpit /mailpit
EXPOSE 1025 8025
ENTRYPOINT ["/mailpit"]
`;

export const mailpit: Recipe = {
  tag,
  fingerprint: tag + DOCKERFILE + debian.fingerprint,
  base: debian,
  async make({ docker }, folder, label) {
    if (!(await succeeds('go', ['version']))) {
      throw new Error(`${tag} can be neither pulled nor built here: Go is missing.`);
    }
    const version = tag.slice(tag.indexOf(':') + 1);
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', `${MODULE}@${version}`], {
      env: { CGO_ENABLED: '0', GOBIN: folder },
    });
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await docker('build', '--label', label, '--tag', tag, folder);
  },
};
