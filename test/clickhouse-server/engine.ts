/** chDB as a server runs it: one data folder, queries from everybody, nothing left between them. */
import { Session } from 'chdb';
import { toClickHouseException } from './exceptions.ts';
import type { Query } from './query.ts';

export interface QueryResult {
  readonly bytes: Uint8Array;
  readonly readRows: number;
  readonly readBytes: number;
  readonly elapsedMs: number;
}

export interface Engine {
  /** Of ClickHouse, e.g. `26.7.2.1`. */
  readonly version: string;
  /** @throws ClickHouseException */
  run(query: Query): Promise<QueryResult>;
  createDatabase(name: string): void;
  /** Resolves when everything that was asked before has been answered. */
  close(): Promise<void>;
}

/** ClickHouse's default, which parameters sent apart from the statement do not count for. */
const MAX_QUERY_BYTES = 262_144;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** @param dataDir - chDB binds one folder per process */
export function openEngine(dataDir: string): Engine {
  // The engine shuts down with its last session, so one is held as long as it is served.
  const holder = new Session(dataDir);
  let last: Promise<unknown> = Promise.resolve();
  return {
    version: holder.query('SELECT version()', 'TabSeparated').trim(),
    run(query) {
      // Where several sessions query at once, chDB's binding has mixed up their parameters.
      const result = last.then(() => runInOwnSession(dataDir, query));
      last = result.catch(() => undefined);
      return result;
    },
    createDatabase: (name) => holder.query(`CREATE DATABASE IF NOT EXISTS ${identifier(name)}`),
    async close() {
      await last;
      holder.close();
    },
  };
}

/** Settings, parameters and the database would stay with a session: each query gets a new one. */
async function runInOwnSession(dataDir: string, query: Query): Promise<QueryResult> {
  const session = new Session(dataDir);
  try {
    if (query.database !== null) session.query(`USE ${identifier(query.database)}`);
    session.query(`SET max_query_size = ${NO_LIMIT}`);
    session.query(`SET ${assignments(query).join(', ')}`);
    const result = await session.queryAsync(query.text, { format: query.defaultFormat });
    return {
      bytes: result.bytes(),
      readRows: result.rowsRead,
      readBytes: result.bytesRead,
      elapsedMs: result.elapsed * 1_000,
    };
  } catch (error) {
    throw toClickHouseException(error);
  } finally {
    session.close();
  }
}

function assignments({ settings, params, isReadOnly }: Query): string[] {
  return [
    // As on a server: no SELECT without the word, and the usual limit for statements.
    'implicit_select = 0',
    `max_query_size = ${MAX_QUERY_BYTES}`,
    ...[...settings].map(([name, value]) => `${name} = ${literal(value)}`),
    ...[...params].map(([name, value]) => `param_${name} = ${literal(value)}`),
    ...(isReadOnly ? ['readonly = 2'] : []),
  ];
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
