// @ts-check
/**
 * The entry point of the images: becomes the program that is named, run as everywhere else (launch.mjs).
 * The process is replaced, so signals and memory are those of the program alone.
 *
 *   container.mjs                    everything in this container, on the embedded engines in DATA_DIR
 *   container.mjs ingest             one service
 *   container.mjs hookpulse doctor   the command line
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ensureAdminToken,
  readAdminToken,
} from '../packages/service-kit/src/process/admin-token.ts';
import { LAUNCH_ENVIRONMENT, nodeFlags } from './launch.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { DATA_DIR: dataDir = 'data' } = process.env;
const [name, ...args] = process.argv.slice(2);

if (name === undefined) await becomeAll();
else if (name === 'hookpulse') await becomeCommandLine();
else becomeService(name);

async function becomeAll() {
  if (!process.env.CLICKHOUSE_URL && !existsSync(join(root, 'node_modules/@chdb'))) {
    fail(
      'this image is without the embedded store. Name a service, or take the image that has it.',
    );
  }
  become('scripts/start-embedded.ts', await givenOr(makeToken));
}

/** A container's loopback is its own, so it listens beyond: the first start is to protect it. */
async function makeToken() {
  const { token, isNew } = await ensureAdminToken(dataDir);
  const kept = `kept in ${join(dataDir, 'admin-token')} (mode 0600)`;
  if (isNew) console.log(`\nMade an admin token, ${kept}:\n\n  export ADMIN_TOKEN=${token}\n`);
  else console.log(`The admin token is ${kept}.`);
  return token;
}

async function becomeCommandLine() {
  become('packages/cli/src/main.ts', await givenOr(() => readAdminToken(dataDir)), args);
}

/** @param {string} service */
function becomeService(service) {
  const file = `services/${service}/src/main.ts`;
  if (!/^[a-z-]+$/.test(service) || !existsSync(join(root, file))) {
    fail(`no service "${service}". Name a folder of services/, such as ingest, or hookpulse.`);
  }
  become(file);
}

/**
 * The variables with the token that `find` finds, unless one is given.
 * @param {() => Promise<string | null>} find
 * @returns {Promise<Record<string, string>>}
 */
async function givenOr(find) {
  if (process.env.ADMIN_TOKEN || process.env.READ_TOKEN) return {};
  const token = await find().catch((error) => fail(String(error?.message)));
  return token === null ? {} : { ADMIN_TOKEN: token };
}

/**
 * @param {string} file - from the repository's root
 * @param {Record<string, string>} [env]
 * @param {string[]} [programArgs]
 */
function become(file, env = {}, programArgs = []) {
  process.execve?.(
    process.execPath,
    [process.execPath, ...nodeFlags(file), join(root, file), ...programArgs],
    { ...LAUNCH_ENVIRONMENT, ...process.env, ...env },
  );
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`Hookpulse: ${message}`);
  process.exit(1);
}
