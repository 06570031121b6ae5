/** Where the admin token of a process comes from (contract, section 6). */
import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { ensureAdminToken } from './admin-token.ts';
import { PRIVATE_FOLDER_MODE } from './data-dir.ts';

export type AdminAccess =
  | { readonly kind: 'file'; readonly token: string; readonly isNew: boolean }
  | { readonly kind: 'environment'; readonly token: string };

/**
 * The admin token of the environment, or the one kept in the data folder, where the first process
 * that asks makes it. This also applies with `READ_TOKEN` alone, so that administration stays
 * possible.
 */
export async function adminAccess({ tokens, dataDir }: Config): Promise<AdminAccess> {
  if (tokens.admin !== null) return { kind: 'environment', token: tokens.admin };
  await mkdir(dataDir, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  return { kind: 'file', ...(await ensureAdminToken(dataDir)) };
}
