/** Debian 12, on which all other stand-ins are based: by debootstrap from Debian's packages. */
import { join } from 'node:path';
import { installIfAllowed } from '../../../setup/programs.ts';
import { run, succeeds } from '../command.ts';
import type { Recipe } from './recipe.ts';

const SUITE = 'bookworm';
/** What slim images are without. */
const LEFT_OUT = [
  ...['dev', 'proc', 'sys', 'var/cache/apt', 'var/lib/apt/lists'],
  ...['usr/share/doc', 'usr/share/man', 'usr/share/info', 'usr/share/locale'],
];

export const debian: Recipe = {
  tag: `hookpulse-stand-in/debian:${SUITE}`,
  fingerprint: ['debian 1', ...LEFT_OUT].join(),
  async make({ docker }, folder, label) {
    if (!(await succeeds('debootstrap', ['--version']))) {
      installIfAllowed(['debootstrap'], 'makes the base of images that cannot be pulled');
    }
    const root = join(folder, 'root');
    const archive = join(folder, 'root.tar');
    await run('debootstrap', ['--variant=minbase', SUITE, root]);
    // Its own mounts are the machine's; what is deleted later is to be the folder alone.
    await succeeds('umount', ['--recursive', join(root, 'proc')]);
    await succeeds('umount', ['--recursive', join(root, 'sys')]);
    const excluded = LEFT_OUT.map((path) => `--exclude=./${path}`);
    await run('tar', ['-C', root, ...excluded, '-cf', archive, '.']);
    await docker('import', '--change', `LABEL ${label}`, archive, debian.tag);
  },
};
