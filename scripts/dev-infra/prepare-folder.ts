/** The folder of the development engines: locked while they run, emptied when that is wanted. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  type DataDir,
  DataDirInUseError,
  openDataDir,
} from '@hookpulse/service-kit/process/data-dir';
import { UsageError } from './options.ts';

export interface EngineFolders {
  readonly root: string;
  readonly kafka: string;
  readonly clickHouse: string;
  readonly lock: DataDir;
}

/** @throws UsageError when it is in use, or was to be emptied and nobody agreed */
export async function prepareFolder(
  folder: string,
  wish: { readonly isFresh: boolean; readonly isSure: boolean },
): Promise<EngineFolders> {
  const lock = lockFolder(folder);
  const folders = {
    root: lock.path,
    kafka: join(lock.path, 'kafka'),
    clickHouse: join(lock.path, 'clickhouse'),
    lock,
  };
  const isEmpty = !existsSync(folders.kafka) && !existsSync(folders.clickHouse);
  if (wish.isFresh && !isEmpty) {
    if (!wish.isSure) await askToDelete(lock.path);
    for (const one of [folders.kafka, folders.clickHouse]) {
      rmSync(one, { recursive: true, force: true });
    }
  }
  return folders;
}

function lockFolder(folder: string): DataDir {
  try {
    return openDataDir(folder);
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    throw new UsageError(`${folder} is in use: stop the other dev:infra, or choose --data-dir`);
  }
}

async function askToDelete(path: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`--fresh would delete what is in ${path}: add --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`Delete all data in ${path}? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new UsageError('Nothing was deleted, and nothing started.');
}
