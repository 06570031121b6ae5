/** Copies the embedded engines while they are used. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { iso } from '@hookpulse/common/values/iso';
import { committedOffsets, copyLog } from '@hookpulse/event-log/sqlite/copy-log';
import { copyStore } from '@hookpulse/store/copy-store';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { VERSION } from '../process/version.ts';
import { BACKUP_FORMAT, copyKeptFiles, STORE_FOLDER, writeBackupInfo } from './backup-files.ts';

export interface MadeBackup {
  /** Absolute path of the folder, below the data folder. */
  readonly folder: string;
  readonly created_at: string;
  readonly version: string;
  readonly bytes: number;
}

/**
 * What is stored is copied before the log, and the log with its consumers as far as they were before
 * both. A start on the copy reads on from there and stores the rest, as after a `kill -9`.
 * Everything acknowledged before the call is in it; of what comes meanwhile, some.
 */
export async function makeBackup(
  { clickhouse, dataDir }: { clickhouse: ClickHouseClient; dataDir: string },
  nowMs: number,
): Promise<MadeBackup> {
  const createdAt = iso(nowMs);
  const name = createdAt.replaceAll(/[-:.]/g, '');
  const folder = join(dataDir, 'backups', name);
  const unfinished = `${folder}.unfinished`;
  await mkdir(unfinished, { recursive: true });
  try {
    const committed = committedOffsets(dataDir);
    await copyStore(clickhouse, { dataDir, to: join(unfinished, STORE_FOLDER), name });
    await copyLog(dataDir, { to: unfinished, committed });
    await copyKeptFiles(dataDir, unfinished);
    const info = { format: BACKUP_FORMAT, created_at: createdAt, version: VERSION };
    await writeBackupInfo(unfinished, info);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  return { folder, created_at: createdAt, version: VERSION, bytes: await bytesOf(folder) };
}

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
