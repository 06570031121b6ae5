/** The only place that knows which engine stores: a ClickHouse server, or chDB in this process. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { CLUSTER_SETTINGS } from './cluster.ts';
import { splitServerUrl } from './server-url.ts';

export type { ClickHouseClient } from '@clickhouse/client';

export interface ClickHouseSettings {
  /** `http(s)://user:password@host:port/database`; null: embedded chDB in `dataDir`. */
  readonly url: string | null;
  readonly dataDir: string;
  /** PEM file of the authorities to trust for `https`. Default: those that Node trusts. */
  readonly caFile?: string | null;
  /** The cluster that replicates the tables. Default: there is one server. */
  readonly cluster?: string | null;
}

/** Below the 3 s after which a ClickHouse server closes an idle connection. */
const IDLE_SOCKET_TTL_MS = 2_500;
/** Long enough for a rebuild's query, short enough that a hung server is noticed. */
const REQUEST_TIMEOUT_MS = 30_000;

/** A part of the ten seconds that a process has to stop in. */
const CLOSE_LIMIT_MS = 4_000;

/** Sent with every query, so that both engines read and write values the same way. */
const CLICKHOUSE_SETTINGS = {
  // ISO 8601 with `T` and `Z` in inserts.
  date_time_input_format: 'best_effort',
  // Counts stay far below 2^53, so JSON numbers are exact.
  output_format_json_quote_64bit_integers: 0,
  // Raw events have a partition a day. A bot that sends months of events late must not stop the rest:
  // the default, 100 a block, would refuse the insert for ever.
  max_partitions_per_insert_block: '0',
} as const;

/** Sent to a server; the embedded engine has neither networks nor other users. */
const SERVER_SETTINGS = {
  // An answer is whole, or an error. Otherwise a query that fails halfway is a 200 whose last row is
  // the message, or half a row.
  wait_end_of_query: 1,
  // Newer servers collect inserts for a while by default. Ours are large already, and their errors
  // are to be their own.
  async_insert: 0,
  // What nobody waits for any more ends on the server too.
  max_execution_time: REQUEST_TIMEOUT_MS / 1_000,
} as const;

/**
 * A fifth of the bytes for 0.4 µs of CPU an event (docs/decisions). Answers are small, and stay as
 * they are.
 */
const COMPRESSION = { request: { codec: 'zstd', level: 1 }, response: false } as const;

/** Opens the store. A server is not connected to: the first query does that. */
export async function openClickHouse(settings: ClickHouseSettings): Promise<ClickHouseClient> {
  return settings.url === null
    ? openEmbedded(settings.dataDir)
    : openServer({ ...settings, url: settings.url });
}

function openServer(settings: ClickHouseSettings & { readonly url: string }): ClickHouseClient {
  const { caFile = null, cluster = null } = settings;
  const { url, database } = splitServerUrl(settings.url);
  return createClient({
    url,
    ...(database === null ? {} : { database }),
    ...(caFile === null ? {} : { tls: { ca_cert: readFileSync(caFile) } }),
    clickhouse_settings: {
      ...CLICKHOUSE_SETTINGS,
      ...SERVER_SETTINGS,
      ...(cluster === null ? {} : CLUSTER_SETTINGS),
    },
    compression: COMPRESSION,
    // Long lists do not fit into a URL.
    use_multipart_params_auto: true,
    request_timeout: REQUEST_TIMEOUT_MS,
    keep_alive: {
      enabled: true,
      idle_socket_ttl: IDLE_SOCKET_TTL_MS,
      // Also when a busy process comes late to its timers.
      eagerly_destroy_stale_sockets: true,
    },
    // It would write to the console; what it has to say is in the errors that it throws.
    log: { level: ClickHouseLogLevel.OFF },
    application: 'hookpulse',
  });
}

/** Where the embedded engine keeps its files. */
export function embeddedFolder(dataDir: string): string {
  return join(dataDir, 'chdb');
}

async function openEmbedded(dataDir: string): Promise<ClickHouseClient> {
  const path = embeddedFolder(dataDir);
  mkdirSync(path, { recursive: true });
  // Read by the engine's allocator when the library is loaded: gives memory back at once, where it
  // would otherwise keep about 80 MB of it after bursts of inserts.
  process.env.JE_MALLOC_CONF ??= 'dirty_decay_ms:0,muzzy_decay_ms:0';
  // Loaded only here: the library is half a gigabyte that a process with a server does not need.
  const { createChdbConnection } = await import('chdb/connection');
  const { drainPending } = await import('chdb');
  const client = createClient({
    connection: createChdbConnection({ path }),
    clickhouse_settings: CLICKHOUSE_SETTINGS,
  });
  const close = client.close.bind(client);
  client.close = async () => {
    await close();
    // Queries that nobody waits for run on. A process that exits meanwhile hangs in the engine's own clean-up.
    await settleWithin(CLOSE_LIMIT_MS, drainPending);
  };
  return client;
}
