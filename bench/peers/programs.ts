/** Builds and installs the peers with the ordinary clients, once, into the user's cache. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../test/setup/cache-folder.ts';
import type { Need } from './candidate.ts';

const FOLDER = import.meta.dirname;
const OLDEST_GO = [1, 26] as const;
const OLDEST_PYTHON = [3, 10] as const;
/** Where Debian has PostgreSQL's programs: not on the path. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** A program or package that this machine has not, and how to get it. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}

/** @throws MissingProgramError */
export function assertPresent(need: Need): void {
  if (need === 'go') assertVersion('go', ['version'], OLDEST_GO, 'https://go.dev/dl');
  if (need === 'python') {
    assertVersion('python3', ['--version'], OLDEST_PYTHON, 'apt-get install -y python3-venv');
  }
  if (need === 'postgres') findPostgres();
  // `kafka`: the broker tells by itself. `npm` has started this program.
}

/** The programs of `bench/peers/go`, by name. @throws MissingProgramError */
export function buildGo(name: 'nethttp' | 'benthos'): string {
  const target = join(cacheFolder('hookpulse-bench'), 'go', name);
  run('go', ['build', '-trimpath', '-o', target, `./${name}`], { cwd: join(FOLDER, 'go') });
  return target;
}

/** The folder of the small servers on Fastify, with their packages. */
export function installNode(): string {
  const source = join(FOLDER, 'node');
  const files = readdirSync(source).filter((name) => name !== 'node_modules');
  return installed('node', source, files, (folder) => {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  });
}

/** The folder of the Django server, with a virtual environment in `venv`. */
export function installDjango(): string {
  const files = ['requirements.txt', 'peer.py'];
  return installed('django', join(FOLDER, 'django'), files, (folder) => {
    run('python3', ['-m', 'venv', join(folder, 'venv')], {});
    const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '--requirement'];
    run(join(folder, 'venv', 'bin', 'python'), [...pip, 'requirements.txt'], { cwd: folder });
  });
}

/** The folder of PostgreSQL's programs; empty: they are on the path. @throws MissingProgramError */
export function findPostgres(): string {
  if (spawnSync('initdb', ['--version']).status === 0) return '';
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : [];
  const [newest] = versions.toSorted((a, b) => Number(b) - Number(a));
  if (newest !== undefined) return join(DEBIAN_POSTGRES, newest, 'bin');
  throw new MissingProgramError('PostgreSQL is missing. Install it: apt-get install -y postgresql');
}

/** The version of a command: the first line that it prints. */
export function versionOf(command: string, args: readonly string[] = ['--version']): string {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(stdout ?? '')?.[0] ?? 'unknown';
}

function assertVersion(
  command: string,
  args: readonly string[],
  [oldestMajor, oldestMinor]: readonly [number, number],
  from: string,
): void {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(status === 0 ? stdout : '') ?? [];
  if (Number(major) === oldestMajor && Number(minor) >= oldestMinor) return;
  const found = major === undefined ? 'is missing' : `is ${major}.${minor}`;
  throw new MissingProgramError(
    `${command} ${found}, and ${oldestMajor}.${oldestMinor} or later is needed. Install it: ${from}`,
  );
}

/** A copy of these files under a name that changes with them, completed by `install`. */
function installed(
  name: string,
  source: string,
  files: readonly string[],
  install: (folder: string) => void,
): string {
  const digest = createHash('sha256');
  for (const file of files) digest.update(file).update(readFileSync(join(source, file)));
  const folder = join(
    cacheFolder('hookpulse-bench'),
    `${name}-${digest.digest('hex').slice(0, 16)}`,
  );
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  // Not in a folder beside that is renamed: a virtual environment knows its own path.
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(join(source, file), join(folder, file));
  install(folder);
  const mark = `${complete}.${process.pid}`;
  copyFileSync(join(folder, files[0] ?? ''), mark);
  renameSync(mark, complete);
  return folder;
}

function run(command: string, args: readonly string[], options: { cwd?: string }): void {
  const { status, error, stderr } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  throw new MissingProgramError(`${command} ${args.join(' ')} failed: ${error ?? stderr}`);
}
