/**
 * The Node that Hookpulse is pinned to, the package `node`: installed when it is missing, and handed
 * over to. Runs on whichever Node launched npm, and uses nothing but Node's own modules.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAUNCH_ENVIRONMENT, nodeFlags } from './launch.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');

/**
 * Installs the packages of the lock file unless node_modules holds all of them in their versions.
 * Exits with 1 when that cannot be done.
 */
export function ensureInstalled() {
  if (isInstalled()) return;
  install();
  const unverified = unverifiedPackages(
    packagesOf(join(root, 'package-lock.json')) ?? {},
    packagesOf(join(root, 'node_modules', '.package-lock.json')) ?? {},
  );
  if (unverified.length === 0) return;
  console.error(
    `Hookpulse: package-lock.json has no hash of ${unverified.join(', ')}: the downloaded files were not verified.`,
  );
}

/**
 * Packages that npm installed without a hash to compare them with: the registry that the lock file was
 * made with did not carry them, as they are for other platforms.
 * @param {Record<string, { integrity?: string, link?: boolean }>} wanted - `packages` of the lock file
 * @param {Record<string, unknown>} installed - the same of node_modules
 * @returns {string[]} their names
 */
export function unverifiedPackages(wanted, installed) {
  return Object.entries(wanted)
    .filter(([path, { integrity, link }]) => path.includes('node_modules/') && !link && !integrity)
    .filter(([path]) => path in installed)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
}

/**
 * Hands over to a file of this repository; signals and the exit code pass through.
 * @param {{ file: string, args: string[], cwd?: string }} program - `file` is relative to the
 *   repository; `cwd` is the repository unless given
 */
export function runOnPinnedNode({ file, args, cwd = root }) {
  const child = spawn(pinnedNode, [...nodeFlags(file), join(root, file), ...args], {
    cwd,
    stdio: 'inherit',
    env: { ...LAUNCH_ENVIRONMENT, ...process.env },
  });
  // Ctrl-C reaches the child by the terminal; a signal sent to this process alone is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1));
  });
}

/** Says what is wrong and exits with 1. */
export function fail(message) {
  console.error(`Hookpulse: ${message}`);
  process.exit(1);
}

function isInstalled() {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!installed || !wanted || !existsSync(pinnedNode)) return false;
  return Object.entries(wanted)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional && !entry.link)
    .every(([path, entry]) => installed[path]?.version === entry.version);
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return null;
  }
}

/** All kinds of packages, whatever NODE_ENV or npm's settings leave out: `isInstalled` asks for all. */
const NPM_OPTIONS = [
  ...['--include=dev', '--include=optional'],
  ...['--no-audit', '--no-fund', '--loglevel=error'],
];

function install() {
  console.error('Hookpulse: installing packages (once, about a minute; about a gigabyte) …');
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  const { status } = spawnSync(
    command[0],
    [...command.slice(1), 'ci', ...NPM_OPTIONS],
    // npm's own words go to stderr: a program may be reading what the command itself prints.
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) fail('the packages could not be installed; see the output of npm above');
  if (!existsSync(pinnedNode)) {
    fail('npm did not run the install script of the package "node": allow install scripts for it');
  }
}
