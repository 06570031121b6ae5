/**
 * TypeBox for Jest, in few files. Nearly every test file loads it, and Jest links modules one by one: its
 * 680 modules take half a second of computing for each test file, the bundle a tenth of that.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** What is imported here, by the file's name in the bundle. */
const ENTRIES = {
  typebox: 'typebox',
  compile: 'typebox/compile',
  format: 'typebox/format',
  value: 'typebox/value',
};

const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));

/**
 * Bundles it once for each version.
 * @returns {Promise<Record<string, string>>} what Jest's `moduleNameMapper` takes
 */
export async function bundledTypebox() {
  const entry = fileURLToPath(import.meta.resolve('typebox'));
  const manifest = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'));
  const folder = join(CACHE, `typebox-${manifest.version}`);
  if (!existsSync(folder)) await bundleInto(folder);
  return Object.fromEntries(
    Object.entries(ENTRIES).map(([name, id]) => [`^${id}$`, join(folder, `${name}.mjs`)]),
  );
}

/** The folder appears when it is complete: other runs may make the same. */
async function bundleInto(folder) {
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  const bundle = await rolldown({
    input: Object.fromEntries(
      Object.entries(ENTRIES).map(([name, id]) => [name, fileURLToPath(import.meta.resolve(id))]),
    ),
    platform: 'node',
  });
  await bundle.write({
    dir: unfinished,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[hash].mjs',
  });
  await bundle.close();
  // As any other folder of the checkout: `mkdtemp` has made it for its owner alone.
  chmodSync(unfinished, 0o755);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}
