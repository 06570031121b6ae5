/**
 * The admin token that the first start makes when the environment sets no token: so that a fresh
 * clone is protected without any configuration.
 */
import { ensureSecretFile, readSecretFile } from './secret-file.ts';

export interface AdminToken {
  readonly token: string;
  /** True when it was made just now, so that start prints it. */
  readonly isNew: boolean;
}

const fileIn = (dataDir: string) => ({ dataDir, name: 'admin-token', what: 'a new token' });

/**
 * The token of this data folder, made when there is none yet. Of several processes that ask at once
 * all get the same.
 * @throws Error when the file is there and holds no token.
 */
export async function ensureAdminToken(dataDir: string): Promise<AdminToken> {
  const { secret, isNew } = await ensureSecretFile(fileIn(dataDir));
  return { token: secret, isNew };
}

/** The token of this data folder; null when none was made. @throws Error as above. */
export function readAdminToken(dataDir: string): Promise<string | null> {
  return readSecretFile(fileIn(dataDir));
}
