/** A secret in a file of the data folder, which the first process that asks for it makes. */
import { randomUUID } from 'node:crypto';
import { chmod, link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@hookpulse/common/values/error-code';
import { randomSecret } from '@hookpulse/common/values/secrets';

export interface SecretFile {
  readonly dataDir: string;
  /** Of the file. */
  readonly name: string;
  /** What it holds, with an article: `a token`. */
  readonly what: string;
}

export interface KeptSecret {
  readonly secret: string;
  /** True when it was made just now. */
  readonly isNew: boolean;
}

const OWNER_ONLY = 0o600;

/**
 * The secret of the file, made when there is none yet. Of several processes that ask at once all get
 * the same.
 * @throws Error when the file is there and empty.
 */
export async function ensureSecretFile(file: SecretFile): Promise<KeptSecret> {
  for (;;) {
    const kept = await readSecretFile(file);
    if (kept !== null) {
      await chmod(pathOf(file), OWNER_ONLY);
      return { secret: kept, isNew: false };
    }
    const secret = randomSecret();
    if (await createWhole(pathOf(file), `${secret}\n`)) return { secret, isNew: true };
  }
}

/** The secret of the file; null when there is no file. @throws Error as above. */
export async function readSecretFile(file: SecretFile): Promise<string | null> {
  const path = pathOf(file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const secret = text.trim();
  if (secret === '')
    throw new Error(`${path} is empty. Delete it, and the next start creates ${file.what}`);
  return secret;
}

function pathOf({ dataDir, name }: SecretFile): string {
  return join(dataDir, name);
}

/**
 * Whoever reads the file sees all of it or none, also after a power cut.
 * @returns false when another process was first.
 */
async function createWhole(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}
