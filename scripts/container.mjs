// @ts-check
/**
 * The image's entry point: becomes the service that is named, run as everywhere else (launch.mjs). The
 * process is replaced, so signals and memory are those of the service alone.
 *
 *   node scripts/container.mjs ingest
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAUNCH_ENVIRONMENT, nodeFlags } from './launch.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [service = ''] = process.argv.slice(2);
const file = `services/${service}/src/main.ts`;
if (!/^[a-z-]+$/.test(service) || !existsSync(join(root, file))) {
  console.error(`Hookpulse: no service "${service}". Name a folder of services/, such as ingest.`);
  process.exit(1);
}
process.execve?.(process.execPath, [process.execPath, ...nodeFlags(file), join(root, file)], {
  ...LAUNCH_ENVIRONMENT,
  ...process.env,
});
