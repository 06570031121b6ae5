/** Makes a data folder from a backup. */
import { existsSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databasePath } from '@hookpulse/event-log/sqlite/database';
import { restoreStore } from '@hookpulse/store/copy-store';
import { embeddedFolder, openClickHouse } from '@hookpulse/store/open-client';
import { openDataDir } from '../process/data-dir.ts';
import { unfinishedRestore } from '../process/unfinished-restore.ts';
import {
  type BackupInfo,
  copyKeptFiles,
  holdsKeptFiles,
  readBackupInfo,
  STORE_FOLDER,
} from './backup-files.ts';

/**
 * Killed at any point, it is repeated: until it has ended, nothing starts on the folder.
 * @param from - the folder of the backup, which stays as it is
 * @param dataDir - must hold no log and no store
 * @throws Error with a sentence for who asked for it
 */
export async function restoreBackup(from: string, dataDir: string): Promise<BackupInfo> {
  const info = await readBackupInfo(from);
  const lock = openDataDir(dataDir, { mayBeUnfinished: true });
  try {
    const marker = unfinishedRestore(lock.path);
    const engines = [databasePath(lock.path), embeddedFolder(lock.path)];
    if (existsSync(marker)) {
      for (const path of engines) await rm(path, { recursive: true, force: true });
    } else if (holdsKeptFiles(lock.path) || engines.some((path) => existsSync(path))) {
      throw new Error(
        `The data folder ${lock.path} is in use already. Set DATA_DIR to a new folder, or move this one away.`,
      );
    }
    await writeFile(marker, '');
    await cp(databasePath(from), databasePath(lock.path));
    const clickhouse = await openClickHouse({ url: null, dataDir: lock.path });
    try {
      await restoreStore(clickhouse, join(from, STORE_FOLDER));
    } finally {
      await clickhouse.close();
    }
    await copyKeptFiles(from, lock.path);
    await rm(marker);
    return info;
  } finally {
    lock.release();
  }
}
