/** Asks ClickHouse itself: which version is it, and has it every table? */

import type { Config } from '@hookpulse/service-kit/config/config';
import { appliedVersions, readMigrations } from '@hookpulse/store/migrate';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { toStoreError } from '@hookpulse/store/store-errors';
import { type Check, problem } from './check.ts';

const NAME = 'store';

export async function checkStore({ clickhouse, events }: Config): Promise<Check[]> {
  if (clickhouse.url === null) {
    const detail = 'embedded: checked through the services above';
    return [{ name: NAME, state: 'skipped', detail }];
  }
  let client: ClickHouseClient | undefined;
  try {
    client = await openClickHouse(clickhouse);
    return [await checkVersion(client), await checkMigrations(client, events.retentionDays)];
  } catch (error) {
    return [problem(NAME, toStoreError(error))];
  } finally {
    await client?.close();
  }
}

async function checkVersion(client: ClickHouseClient): Promise<Check> {
  const result = await client.query({
    query: 'SELECT version() AS version, currentDatabase() AS database',
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ version: string; database: string }>();
  const detail = `ClickHouse ${row?.version ?? '?'}, database ${row?.database ?? '?'}`;
  return { name: NAME, state: 'ok', detail };
}

async function checkMigrations(client: ClickHouseClient, retentionDays: number): Promise<Check> {
  const name = 'migrations';
  const applied = await appliedVersions(client);
  const migrations = await readMigrations(retentionDays);
  const missing = migrations.filter(({ version }) => !applied.has(version));
  if (missing.length === 0) return { name, state: 'ok', detail: `${applied.size} applied` };
  const names = missing.map((one) => one.name).join(', ');
  return { name, state: 'problem', detail: `missing: ${names}; the next start applies them` };
}
