// @ts-check
/**
 * How Node runs each program of Hookpulse, whatever starts it: npm scripts, the demo, `npm run dev`, the
 * image, tests, chaos runs and benchmarks. Where the sizes come from: docs/decisions/0023-heap-sizes.md.
 */

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {object} Heap
 * @property {number} semiSpaceMiB - most of one half of the young generation. Too large, and requests that
 *   survive a stall let every young collection start a full one; too small, and what is only short-lived
 *   is moved to the old generation.
 * @property {number} oldSpaceMiB - most of the old generation. The process ends when it is not enough.
 * @property {number} [growthPercent] - how much the old generation grows by before it is collected again.
 *   Default: V8's own choice, from measured speeds: some 40 % under load, and a full collection each second.
 * @property {false} [isPretenuring] - V8 may not put new objects of a kind straight into the old generation,
 *   because many of that kind were alive at one collection: under load that is each object of a request.
 */

/**
 * By file, from the repository's root. All other programs run with Node's own sizes.
 * @type {Readonly<Record<string, Heap>>}
 */
export const HEAPS = {
  'services/ingest/src/main.ts': {
    semiSpaceMiB: 16,
    oldSpaceMiB: 512,
    growthPercent: 100,
    isPretenuring: false,
  },
  'services/aggregator/src/main.ts': { semiSpaceMiB: 32, oldSpaceMiB: 512, growthPercent: 100 },
  'services/alerter/src/main.ts': { semiSpaceMiB: 4, oldSpaceMiB: 512, growthPercent: 100 },
  'services/forwarder/src/main.ts': { semiSpaceMiB: 16, oldSpaceMiB: 640, growthPercent: 100 },
  'services/query-api/src/main.ts': { semiSpaceMiB: 16, oldSpaceMiB: 512 },
  'scripts/start-embedded.ts': { semiSpaceMiB: 16, oldSpaceMiB: 512 },
};

/** @type {Readonly<Record<Exclude<keyof Heap, 'isPretenuring'>, string>>} */
const SIZE_FLAGS = {
  semiSpaceMiB: '--max-semi-space-size',
  oldSpaceMiB: '--max-old-space-size',
  growthPercent: '--heap-growing-percent',
};

/**
 * Variables that a program needs before it starts.
 * - glibc gives threads arenas of their own and keeps what is freed in each of them: a process that has
 *   read a log once holds 100 MB more for good.
 * - Node keeps the sources compiled, which starts a service in two thirds of the time. The folder is the
 *   checkout's own: in a shared one anybody could leave code. Where it cannot be written Node does without.
 * - Half of libuv's threads may wait for name servers: of its own 4, two zones that are down would take all.
 */
export const LAUNCH_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'node'),
  UV_THREADPOOL_SIZE: '16',
};

/**
 * Node's flags for a program. A size that NODE_OPTIONS sets goes before that of the table.
 * @param {string} file - from the repository's root
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {string[]}
 */
export function nodeFlags(file, env = process.env) {
  const { isPretenuring = true, ...numbers } = HEAPS[file] ?? {};
  const sizes = Object.entries(numbers).map(
    ([name, size]) => `${SIZE_FLAGS[/** @type {keyof typeof SIZE_FLAGS} */ (name)]}=${size}`,
  );
  const given = (env.NODE_OPTIONS ?? '').replaceAll('_', '-');
  return [
    '--disable-warning=ExperimentalWarning',
    ...(isPretenuring ? [] : ['--no-allocation-site-pretenuring']),
    ...sizes.filter((flag) => !given.includes(flag.slice(0, flag.indexOf('=')))),
  ];
}
