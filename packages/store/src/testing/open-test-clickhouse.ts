/** A store of one's own for a test file: migrated, empty, removed afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { createDatabase } from '../create-database.ts';
import { migrate } from '../migrate.ts';
import { type ClickHouseClient, type ClickHouseSettings, openClickHouse } from '../open-client.ts';

export interface TestClickHouse {
  readonly client: ClickHouseClient;
  /** By which others may open the same store; of the embedded engine one at a time. */
  readonly settings: ClickHouseSettings;
  /** Closes the client and removes what it has stored. Idempotent. */
  close(): Promise<void>;
}

export interface TestClickHouseOptions {
  /** On this server a database is made for the test. Null, the default: the embedded engine. */
  readonly serverUrl?: string | null;
  readonly retentionDays?: number;
}

/** chDB binds one folder per process, so embedded stores of a test file follow one another. */
export async function openTestClickHouse(
  options: TestClickHouseOptions = {},
): Promise<TestClickHouse> {
  const { serverUrl = null, retentionDays = 7 } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-clickhouse-'));
  const settings = { url: serverUrl === null ? null : randomDatabase(serverUrl), dataDir };
  await createDatabase(settings);
  const client = await openClickHouse(settings);
  await migrate(client, { retentionDays }, silentLogger);
  return {
    client,
    settings,
    async close() {
      await client.close();
      await dropDatabase(settings);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The statement as ClickHouse's own parser writes it. @throws ClickHouseError for a syntax error */
export async function formatSql({ client }: TestClickHouse, statement: string): Promise<string> {
  const result = await client.query({
    query: 'SELECT formatQuerySingleLine({statement: String}) AS sql',
    query_params: { statement },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ sql: string }>();
  return row?.sql ?? '';
}

function randomDatabase(serverUrl: string): string {
  return new URL(`/test_${randomBytes(8).toString('hex')}`, serverUrl).href;
}

/** With a client of its own, since tests may have closed theirs. */
async function dropDatabase({ url, dataDir }: ClickHouseSettings): Promise<void> {
  if (url === null) return;
  const client = await openClickHouse({ url: new URL('/', url).href, dataDir });
  try {
    await client.command({
      query: `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} SYNC`,
    });
  } finally {
    await client.close();
  }
}
