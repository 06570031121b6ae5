/** Whether the store answers queries: what readiness means for it. */
import type { ClickHouseClient } from './open-client.ts';

/** Resolves when a query was answered. @throws what the store or the network said. */
export async function pingClickHouse(client: ClickHouseClient): Promise<void> {
  // `select` asks with the credentials and the database, where a bare ping asks the server alone.
  const result = await client.ping({ select: true });
  if (!result.success) throw result.error;
}
