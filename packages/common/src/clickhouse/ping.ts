/** Whether the store answers queries: what readiness means for it. */
import type { ClickHouseClient } from './open-client.ts';

/** As long as probes wait; a request that nobody waits for any more would hold a connection. */
const ANSWER_TIMEOUT_MS = 2_000;

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
