/** The plain client in tests: quiet, closed with its test file, and asked in one line. */
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>;
type QueryOptions = Omit<Parameters<ClickHouseClient['query']>[0], 'query' | 'format'>;

export class PlainClients {
  readonly #clients: ClickHouseClient[] = [];

  open(url: string, options: ClientOptions = {}): ClickHouseClient {
    const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF }, ...options });
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }
}

/** The rows, each an array of its values. */
export async function selectRows(
  client: ClickHouseClient,
  query: string,
  options: QueryOptions = {},
): Promise<unknown[]> {
  return (await client.query({ query, format: 'JSONCompactEachRow', ...options })).json();
}
