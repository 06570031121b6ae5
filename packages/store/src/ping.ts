/** Whether the store answers queries: what readiness means for it. */
import { errorCode } from '@hookpulse/common/values/error-code';
import type { ClickHouseClient } from './open-client.ts';
import { StoreEmptiedError } from './store-errors.ts';

/** As long as probes wait; a request that nobody waits for any more would hold a connection. */
const ANSWER_TIMEOUT_MS = 2_000;
/** `UNKNOWN_DATABASE` */
const UNKNOWN_DATABASE_CODE = '81';

/** Resolves when a query was answered. @throws what the store or the network said. */
export async function pingClickHouse(client: ClickHouseClient): Promise<void> {
  // The client's own ping asks the server, and not for the database.
  const result = await client.query({
    query: 'SELECT 1',
    format: 'JSONEachRow',
    abort_signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  await result.json();
}

/**
 * The same, and whether the tables are there: somebody may have dropped them, or the database.
 * @throws StoreEmptiedError, or what the store or the network said
 */
export async function pingTables(client: ClickHouseClient): Promise<void> {
  try {
    const result = await client.query({
      query: 'EXISTS TABLE webhook_metrics',
      format: 'JSONEachRow',
      abort_signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const [row] = await result.json<{ result: number }>();
    if (row?.result === 1) return;
  } catch (error) {
    if (errorCode(error) !== UNKNOWN_DATABASE_CODE) throw error;
  }
  throw new StoreEmptiedError();
}
