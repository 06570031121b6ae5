/**
 * The dashboard's files, packages/dashboard/dist: built when they are missing or older than what they
 * are made of. Runs on whichever Node launched npm, and uses nothing but Node's own modules.
 *
 *   node scripts/build-dashboard.mjs
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'packages', 'dashboard');
const dist = join(folder, 'dist');
const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/** What decides what the dashboard becomes; its tests do not. */
const SOURCES = [
  ...['src', 'build', 'index.html', 'vite.config.ts', 'package.json'],
  // All that it takes from other packages, but for types.
  join('..', 'api', 'src'),
  join('..', 'common', 'src'),
];
const IGNORED = /\.test\.ts$/;

/** A build that fails is told, and Hookpulse runs without its dashboard: watching must not end. */
export function ensureDashboardBuilt() {
  if (isBuilt()) return;
  console.error('Hookpulse: building the dashboard (a few seconds) …');
  // Beside the one in use: nobody is served half a build, and two who build do not meet.
  const built = join(folder, `dist.${process.pid}.tmp`);
  try {
    const { status } = spawnSync(
      pinnedNode,
      [vite, 'build', folder, '--outDir', built, '--emptyOutDir', '--logLevel', 'warn'],
      { cwd: root, stdio: ['ignore', 2, 2] },
    );
    if (status !== 0) throw new Error('see the output of vite above');
    rmSync(dist, { recursive: true, force: true });
    renameSync(built, dist);
  } catch (error) {
    rmSync(built, { recursive: true, force: true });
    if (!isBuilt()) console.error(`Hookpulse: the dashboard was not built: ${error.message}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureDashboardBuilt();

function isBuilt() {
  const builtAtMs = changedAtMs(join(dist, 'index.html'));
  return builtAtMs !== null && sourcePaths().every((path) => (changedAtMs(path) ?? 0) <= builtAtMs);
}

function sourcePaths() {
  return SOURCES.flatMap((name) => {
    const path = join(folder, name);
    if (!statSync(path).isDirectory()) return [path];
    const inside = readdirSync(path, { recursive: true }).filter((one) => !IGNORED.test(one));
    // Folders too: what was taken away changes them.
    return [path, ...inside.map((one) => join(path, one))];
  });
}

/** Null: there is no such file. */
function changedAtMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
