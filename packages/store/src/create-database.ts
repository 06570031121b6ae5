/** Makes the database that `CLICKHOUSE_URL` names, so that an empty server is all that is needed. */
import { ClickHouseError } from '@clickhouse/client';
import { type ClickHouseClient, type ClickHouseSettings, openClickHouse } from './open-client.ts';
import { pingClickHouse } from './ping.ts';
import { splitServerUrl } from './server-url.ts';

/** `UNKNOWN_DATABASE` */
const UNKNOWN_DATABASE_CODE = '81';

/**
 * Does nothing when the database is there (so that the user needs no right to make one), when the URL
 * names none, and for the embedded engine.
 * @throws ClickHouseError when the server refuses
 */
export async function createDatabase(settings: ClickHouseSettings): Promise<void> {
  if (settings.url === null) return;
  const { url, database } = splitServerUrl(settings.url);
  if (database === null || (await withClient(settings, isThere))) return;
  // Named with a request, a database that does not exist would be refused before its statement is read.
  await withClient({ ...settings, url }, async (client) => {
    const onCluster = settings.cluster ? ` ON CLUSTER '${settings.cluster}'` : '';
    await client.command({
      query: `CREATE DATABASE IF NOT EXISTS {database: Identifier}${onCluster}`,
      query_params: { database },
    });
  });
}

async function isThere(client: ClickHouseClient): Promise<boolean> {
  try {
    await pingClickHouse(client);
    return true;
  } catch (error) {
    if (error instanceof ClickHouseError && error.code === UNKNOWN_DATABASE_CODE) return false;
    throw error;
  }
}

async function withClient<Result>(
  settings: ClickHouseSettings,
  work: (client: ClickHouseClient) => Promise<Result>,
): Promise<Result> {
  const client = await openClickHouse(settings);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
