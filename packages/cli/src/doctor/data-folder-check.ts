/** The folder of the embedded engines, the admin token and the outbox: is it there, is there room? */
import { access, constants, statfs } from 'node:fs/promises';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { Config } from '@hookpulse/service-kit/config/config';
import { isOpenToOthers } from '@hookpulse/service-kit/process/private-files';
import { type Check, problem } from './check.ts';

const NAME = 'data folder';
const GIGABYTE = 1_000_000_000;
/** Less is gone within a day of busy traffic, and then ingest has to refuse deliveries. */
const MIN_FREE_BYTES = GIGABYTE;

export async function checkDataFolder({ dataDir, log, clickhouse }: Config): Promise<Check> {
  const isForEngines = log.kafka === null || clickhouse.url === null;
  try {
    await access(dataDir, constants.R_OK | constants.W_OK);
    const { bavail, bsize } = await statfs(dataDir);
    const freeBytes = bavail * bsize;
    const detail = `${dataDir}, ${(freeBytes / GIGABYTE).toFixed(1)} GB free`;
    if (isForEngines && freeBytes < MIN_FREE_BYTES) {
      return {
        name: NAME,
        state: 'problem',
        detail: `${detail}: too little space for the engines`,
      };
    }
    const isOpen = isForEngines && isOpenToOthers(dataDir);
    const hint = isOpen ? '; other users can list its files but not read them' : '';
    return { name: NAME, state: 'ok', detail: `${detail}${hint}` };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return problem(NAME, error);
    return { name: NAME, state: 'skipped', detail: `${dataDir} is created at the first start` };
  }
}
