import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { describe } from '@jest/globals';
import type { EventLogHarness } from '../testing/contract-context.ts';
import { describeEventLogContract } from '../testing/event-log-contract.ts';
import { openSqliteEventLog, type SqliteEventLog } from './sqlite-event-log.ts';

describe('SQLite', () => describeEventLogContract(createHarness));

async function createHarness(): Promise<EventLogHarness> {
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-log-'));
  let log: SqliteEventLog | null = null;
  return {
    open: async () => {
      log = await openSqliteEventLog({ directory, retentionDays: 7 }, silentLogger);
      return log;
    },
    deleteTopic: async (topic) => log?.deleteTopic(topic),
    close: () => rm(directory, { recursive: true }),
  };
}
