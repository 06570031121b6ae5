/**
 * Runs a TypeScript file of this repository on the pinned Node, after installing what is missing.
 *
 * This is what `npm start` and `npm test` call on a fresh clone, so it uses nothing but Node's own
 * modules, and runs on whichever Node launched npm.
 *
 *   node scripts/bootstrap.mjs [--node-flag…] scripts/start-embedded.ts [arguments…]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');

const given = process.argv.slice(2);
const fileAt = given.findIndex((argument) => !argument.startsWith('--'));
if (fileAt < 0) fail('usage: node scripts/bootstrap.mjs [--node-flag…] <file.ts> [arguments…]');
if (!isInstalled()) install();
run({ nodeFlags: given.slice(0, fileAt), file: given[fileAt], args: given.slice(fileAt + 1) });

/** Whether node_modules holds every package of the lock file in its version. */
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

function install() {
  console.error('Hookpulse: installing packages (once, about a minute; about a gigabyte) …');
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  const { status } = spawnSync(
    command[0],
    [...command.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (status !== 0) fail('the packages could not be installed; npm says why above');
  if (!existsSync(pinnedNode)) {
    fail('npm did not run the install script of the package "node": allow install scripts for it');
  }
}

/** Hands over to the pinned Node; signals and the exit code pass through. */
function run({ nodeFlags, file, args }) {
  const child = spawn(
    pinnedNode,
    ['--disable-warning=ExperimentalWarning', ...nodeFlags, join(root, file), ...args],
    { cwd: root, stdio: 'inherit' },
  );
  // Ctrl-C reaches the child by the terminal; a signal sent to this process alone is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1));
  });
}

function fail(message) {
  console.error(`Hookpulse: ${message}`);
  process.exit(1);
}
