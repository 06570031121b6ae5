/** Whether the store answers queries: what readiness means for it. */
import { Count } from '@hookpulse/common/values/count';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { ClickHouseClient } from './open-client.ts';
import { queryRows, rowShape } from './select-rows.ts';
import { StoreEmptiedError } from './store-errors.ts';

/** As long as probes wait; a request that nobody waits for any more would hold a connection. */
const ANSWER_TIMEOUT_MS = 2_000;
/** `UNKNOWN_DATABASE` */
const UNKNOWN_DATABASE_CODE = '81';

const shape = rowShape('whether it answers', { result: Count });

/** Resolves when a query was answered. @throws what the store or the network said. */
export async function pingClickHouse(client: ClickHouseClient): Promise<void> {
  // The client's own ping asks the server, and not for the database.
  await ask(client, 'SELECT 1 AS result');
}

/**
 * The same, and whether the tables are there: somebody may have dropped them, or the database.
 * @throws StoreEmptiedError, or what the store or the network said
 */
export async function pingTables(client: ClickHouseClient): Promise<void> {
  try {
    const [row] = await ask(client, 'EXISTS TABLE webhook_metrics');
    if (row?.result === 1) return;
  } catch (error) {
    if (errorCode(error) !== UNKNOWN_DATABASE_CODE) throw error;
  }
  throw new StoreEmptiedError();
}

function ask(client: ClickHouseClient, sql: string) {
  return queryRows(client, { sql, shape }, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
}
