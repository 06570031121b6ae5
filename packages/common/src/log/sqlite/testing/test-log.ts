/** Logs in folders that are gone after the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../runtime/logger.ts';
import {
  openSqliteEventLog,
  type SqliteEventLog,
  type SqliteLogSettings,
} from '../sqlite-event-log.ts';

export async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-log-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

export function openTestLog(
  directory: string,
  settings: Partial<SqliteLogSettings> = {},
): Promise<SqliteEventLog> {
  return openSqliteEventLog(
    { directory, retentionDays: 7, ...settings },
    createLogger('test', 'silent'),
  );
}
