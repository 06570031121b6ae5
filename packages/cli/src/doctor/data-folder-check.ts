/** The folder of the embedded engines, the admin token and the outbox: is it there, is there room? */
import type { StatsFs } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { Config } from '@hookpulse/service-kit/config/config';
import { isOpenToOthers } from '@hookpulse/service-kit/process/private-files';
import { type Check, problem } from './check.ts';

const NAME = 'data folder';
const FOLDER_REMEDY =
  'Set DATA_DIR to a folder that the user of Hookpulse may read and write: chown -R <user> <folder>.';
const GIGABYTE = 1_000_000_000;
/** Less is gone within a day of busy traffic, and then ingest has to refuse deliveries. */
const MIN_FREE_BYTES = GIGABYTE;

/** @param measure - default: asks the file system */
export async function checkDataFolder(
  { dataDir, log, clickhouse }: Pick<Config, 'dataDir' | 'log' | 'clickhouse'>,
  measure: (path: string) => Promise<Pick<StatsFs, 'bavail' | 'bsize'>> = statfs,
): Promise<Check> {
  const isForEngines = log.kafka === null || clickhouse.url === null;
  try {
    await access(dataDir, constants.R_OK | constants.W_OK);
    if (!(await stat(dataDir)).isDirectory()) {
      return problem(NAME, `${dataDir} is no folder`, FOLDER_REMEDY);
    }
    const { bavail, bsize } = await measure(dataDir);
    const freeBytes = bavail * bsize;
    const detail = `${dataDir}, ${(freeBytes / GIGABYTE).toFixed(1)} GB free`;
    if (isForEngines && freeBytes < MIN_FREE_BYTES) {
      return {
        name: NAME,
        state: 'problem',
        detail: `${detail}: too little space for the engines`,
        remedy:
          'Free space or enlarge the disk; a shorter WEBHOOK_EVENT_RETENTION_DAYS and npx hookpulse cleanup free some. When it is full, deliveries are refused.',
      };
    }
    const isOpen = isForEngines && isOpenToOthers(dataDir);
    const hint = isOpen ? '; other users can list its files but not read them' : '';
    return { name: NAME, state: 'ok', detail: `${detail}${hint}` };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return problem(NAME, error, FOLDER_REMEDY);
    return { name: NAME, state: 'skipped', detail: `${dataDir} is created at the first start` };
  }
}
