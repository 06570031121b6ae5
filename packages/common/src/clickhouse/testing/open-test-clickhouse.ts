/** A store of one's own for a test file: migrated, empty, removed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../runtime/logger.ts';
import { migrate } from '../migrate.ts';
import { type ClickHouseClient, openClickHouse } from '../open-client.ts';

export interface TestClickHouse {
  readonly client: ClickHouseClient;
  /** Folder of the embedded engine; removed by `close`. */
  readonly dataDir: string;
  close(): Promise<void>;
}

/** chDB binds one folder per process, so a test file opens one store and closes it in `afterAll`. */
export async function openTestClickHouse(retentionDays = 7): Promise<TestClickHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-clickhouse-'));
  const client = await openClickHouse({ url: null, dataDir });
  await migrate(client, { retentionDays }, createLogger('test', 'silent'));
  return {
    client,
    dataDir,
    async close() {
      await client.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
