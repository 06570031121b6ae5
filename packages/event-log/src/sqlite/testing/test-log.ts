/** Logs in folders of their own, closed and gone after the test, also when that fails. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import {
  openSqliteEventLog,
  type SqliteEventLog,
  type SqliteLogSettings,
} from '../sqlite-event-log.ts';

export interface TestLogs {
  readonly directory: string;
  /** Opens the log of the folder; again after it was closed, on what is stored. */
  open(settings?: Partial<SqliteLogSettings>): Promise<SqliteEventLog>;
}

export async function withTestLogs(use: (logs: TestLogs) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-log-'));
  const opened: SqliteEventLog[] = [];
  try {
    await use({
      directory,
      open: async (settings = {}) => {
        const logger = silentLogger;
        const log = await openSqliteEventLog({ directory, retentionDays: 7, ...settings }, logger);
        opened.push(log);
        return log;
      },
    });
  } finally {
    for (const log of opened) await log.close();
    await rm(directory, { recursive: true });
  }
}
