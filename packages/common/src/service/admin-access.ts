/** Where the admin token of a process comes from (contract, section 6). */
import { mkdir } from 'node:fs/promises';
import { ensureAdminToken } from '../runtime/admin-token.ts';
import type { Config } from '../runtime/config/config.ts';
import { PRIVATE_FOLDER_MODE } from '../runtime/data-dir.ts';

export type AdminAccess =
  | { readonly kind: 'file'; readonly token: string; readonly isNew: boolean }
  | { readonly kind: 'environment'; readonly token: string }
  | { readonly kind: 'none' };

/**
 * The admin token of the environment, or the one kept in the data folder, where the first process
 * that asks makes it; none with `READ_TOKEN` alone.
 */
export async function adminAccess({ tokens, dataDir }: Config): Promise<AdminAccess> {
  if (tokens.admin !== null) return { kind: 'environment', token: tokens.admin };
  if (tokens.read !== null) return { kind: 'none' };
  await mkdir(dataDir, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  return { kind: 'file', ...(await ensureAdminToken(dataDir)) };
}

/** The token itself; null when nobody has one. */
export function adminTokenOf(access: AdminAccess): string | null {
  return access.kind === 'none' ? null : access.token;
}
