/**
 * The admin token that the first start makes when the environment sets no token: so that a fresh
 * clone is protected without any configuration.
 */
import { randomUUID } from 'node:crypto';
import { chmod, link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@hookpulse/common/values/error-code';
import { randomSecret } from '@hookpulse/common/values/secrets';

export interface AdminToken {
  readonly token: string;
  /** True when it was made just now, so that start prints it. */
  readonly isNew: boolean;
}

const FILE_NAME = 'admin-token';
const OWNER_ONLY = 0o600;

/**
 * The token of this data folder, made when there is none yet. Of several processes that ask at once
 * all get the same.
 * @throws Error when the file is there and holds no token.
 */
export async function ensureAdminToken(dataDir: string): Promise<AdminToken> {
  for (;;) {
    const kept = await readAdminToken(dataDir);
    if (kept !== null) {
      await chmod(fileIn(dataDir), OWNER_ONLY);
      return { token: kept, isNew: false };
    }
    const token = randomSecret();
    if (await createWhole(fileIn(dataDir), `${token}\n`)) return { token, isNew: true };
  }
}

/** The token of this data folder; null when none was made. @throws Error as above. */
export async function readAdminToken(dataDir: string): Promise<string | null> {
  const path = fileIn(dataDir);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const token = text.trim();
  if (token === '')
    throw new Error(`${path} is empty. Delete it, and the next start creates a new token`);
  return token;
}

function fileIn(dataDir: string): string {
  return join(dataDir, FILE_NAME);
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
