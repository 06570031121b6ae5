/** Prometheus and promtool for tests: those of the system, or Debian's package, unpacked beside nothing else. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { succeeds } from './programs.ts';

const DOWNLOAD_TIMEOUT_MS = 180_000;

/** The folder with `prometheus` and `promtool`; empty: they are on the path. @throws Error that says what is missing */
export function preparePrometheus(): string {
  if (succeeds('prometheus', ['--version']) && succeeds('promtool', ['--version'])) return '';
  const folder = join(cacheFolder('hookpulse-prometheus'), 'debian');
  if (!existsSync(folder)) unpackPackage(folder);
  const programs = join(folder, 'usr', 'bin');
  if (succeeds(join(programs, 'promtool'), ['--version'])) return programs;
  throw new Error('The unpacked Prometheus does not run here.');
}

/** Beside its place first: another run may do the same, and this one may be cut off. */
function unpackPackage(folder: string): void {
  if (!succeeds('apt-get', ['--version'])) {
    throw new Error(
      'There is no Prometheus (prometheus and promtool), and no apt-get to fetch it.',
    );
  }
  console.log("Fetching Debian's Prometheus for the tests of its rules (once) …");
  const draft = mkdtempSync(`${folder}.`);
  try {
    if (!downloads(draft)) {
      run('apt-get', ['update', '-qq'], draft);
      if (!downloads(draft)) throw new Error('apt-get download prometheus does not work.');
    }
    const [file] = readdirSync(draft).filter((name) => name.endsWith('.deb'));
    run('dpkg', ['-x', file ?? '', '.'], draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function downloads(folder: string): boolean {
  return run('apt-get', ['download', '-qq', 'prometheus'], folder);
}

function run(command: string, args: readonly string[], cwd: string): boolean {
  const options = { cwd, stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS } as const;
  return spawnSync(command, args, options).status === 0;
}
