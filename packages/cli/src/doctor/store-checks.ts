/** Asks ClickHouse itself: which version is it, and has it every table? */

import type { Config } from '@hookpulse/service-kit/config/config';
import { appliedVersions, readMigrations } from '@hookpulse/store/migrate';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { queryRows, rowShape } from '@hookpulse/store/select-rows';
import { toStoreError } from '@hookpulse/store/store-errors';
import Type from 'typebox';
import { type Check, problem } from './check.ts';

const NAME = 'store';
const STORE_REMEDY =
  'Check that ClickHouse runs and is reached from here, and host, port, user name, password and database of CLICKHOUSE_URL.';

const versionShape = rowShape('its version', { version: Type.String(), database: Type.String() });

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
    return [problem(NAME, toStoreError(error), STORE_REMEDY)];
  } finally {
    await client?.close();
  }
}

async function checkVersion(client: ClickHouseClient): Promise<Check> {
  const [row] = await queryRows(client, {
    sql: 'SELECT version() AS version, currentDatabase() AS database',
    shape: versionShape,
  });
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
  return {
    name,
    state: 'problem',
    detail: `missing: ${names}; the next start applies them`,
    remedy:
      'Restart the aggregator or the query API. If it does not help, their log output says which right is missing.',
  };
}
