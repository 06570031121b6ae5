/**
 * The release before this one, made ready to run: its files from git, and its packages as links to those
 * of this checkout. `previous-release.json` names the commit, so that a clone without tags has it too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT } from '../support/service-process.ts';

const release: { readonly version: string; readonly commit: string } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'previous-release.json'), 'utf8'),
);
export const PREVIOUS_VERSION = release.version;

const WORKSPACES = '@hookpulse';
const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;

/** Why there is no previous release to run; null: there is one. */
export function whyNoPreviousRelease(): string | null {
  try {
    git('cat-file', '-e', `${release.commit}^{commit}`);
    return null;
  } catch {
    return `the clone has no commit ${release.commit} (v${release.version}); run \`git fetch --unshallow\``;
  }
}

/**
 * Makes a new folder, which the caller removes.
 * @throws Error that names the packages of the release that this checkout has not, or in another major version
 */
export async function checkOutPreviousRelease(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-previous-'));
  const archive = git('archive', '--format=tar', release.commit);
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const missing = await missingPackages(folder);
  if (missing.length > 0) {
    throw new Error(
      `v${release.version} needs packages that are not installed here: ${missing.join(', ')}`,
    );
  }
  await linkPackages(folder);
  return folder;
}

/**
 * Production packages of the release's lock file that this checkout's lock file has not. Within a major
 * version npm may have chosen another one meanwhile, for the sake of a package that came later.
 */
async function missingPackages(folder: string): Promise<string[]> {
  const [wanted, present] = await Promise.all([readLock(folder), readLock(CHECKOUT)]);
  return Object.entries(wanted).flatMap(([path, { version, dev, link }]) => {
    const isOwn = !path.includes('node_modules/') || link === true;
    const isHere = majorOf(present[path]?.version) === majorOf(version);
    if (isOwn || dev === true || isHere) return [];
    return [`${path} ${version}`];
  });
}

/** Of 0.x the minor version counts, too (https://semver.org, item 4). */
function majorOf(version = 'none'): string {
  return /^(?:0\.)?[^.]+/.exec(version)?.[0] ?? version;
}

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

async function readLock(folder: string): Promise<Readonly<Record<string, LockedPackage>>> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  return lock.packages;
}

/** Node resolves a link to where it leads, so a package finds its own packages there. */
async function linkPackages(folder: string): Promise<void> {
  await linkEach(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  const own = join(folder, 'node_modules', WORKSPACES);
  await mkdir(own);
  for (const parent of ['packages', 'services']) {
    for (const name of await readdir(join(folder, parent))) {
      const workspace = join(folder, parent, name);
      await symlink(workspace, join(own, name));
      const nested = join(CHECKOUT, parent, name, 'node_modules');
      const packages = await readdir(nested).catch(() => []);
      if (packages.length > 0) await linkEach(nested, join(workspace, 'node_modules'));
    }
  }
}

async function linkEach(from: string, to: string): Promise<void> {
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => name !== WORKSPACES && name !== '.cache');
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
}

function git(...args: string[]): Buffer {
  return execFileSync('git', args, {
    cwd: CHECKOUT,
    maxBuffer: MAX_ARCHIVE_BYTES,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
