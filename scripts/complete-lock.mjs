/**
 * `npm run lock`: adds to package-lock.json the platform packages (macOS, Windows, musl, …) that the
 * registry it was made with does not carry.
 *
 * npm leaves an optional package that it cannot look up out of the lock file, and `npm ci` then
 * refuses the lock file on every machine. An entry with version and platform is enough: npm skips it
 * where the platform is another, and looks it up where it is needed. It has no hash, which the
 * installation says where it counts (pinned-node.mjs); once a registry carries the package, deleting the
 * entry and `npm install --package-lock-only` bring the hash.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK_FILE = join(import.meta.dirname, '..', 'package-lock.json');
const PLATFORM =
  /-(?<os>darwin|win32|linux|android|freebsd|openharmony)-(?<cpu>x64|arm64|ia32|arm|ppc64|s390x|riscv64|loong64)(-(?<abi>[a-z]+))?$/;

const lock = JSON.parse(readFileSync(LOCK_FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isLocked = [`${path}/node_modules/${name}`, `node_modules/${name}`].some(
      (candidate) => candidate in lock.packages,
    );
    if (isLocked) continue;
    lock.packages[`node_modules/${name}`] = platformEntry(name, version, entry.dev === true);
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPath));
writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.error(`package-lock.json: ${added.length} platform packages added`);

function platformEntry(name, version, isDev) {
  const platform = PLATFORM.exec(name)?.groups;
  if (!platform) throw new Error(`${name} is missing from the lock file and names no platform`);
  const { os, cpu, abi = '' } = platform;
  return {
    version,
    cpu: [cpu],
    ...(isDev ? { dev: true } : {}),
    ...(os === 'linux' ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
    optional: true,
    os: [os],
  };
}

/** As npm sorts them. */
function byPath([a], [b]) {
  return a.localeCompare(b, 'en');
}
