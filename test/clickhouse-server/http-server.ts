/**
 * ClickHouse's HTTP interface over chDB, as far as `@clickhouse/client` uses it
 * (https://clickhouse.com/docs/interfaces/http). For tests and development only.
 *
 * Like the server: databases, settings and parameters of each query for itself, errors as status,
 * header and text, GET that only reads, one statement a request, credentials, compression.
 * Unlike it: one query runs at a time, a result is whole before its first byte is sent, sessions
 * (`session_id`), progress headers and the number of rows written are missing, data are UTF-8 text.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { compress, decompress } from './compression.ts';
import { authenticate, type Credentials } from './credentials.ts';
import type { Engine } from './engine.ts';
import { ClickHouseException, httpStatusOf } from './exceptions.ts';
import { formatOf, type Query, readQuery } from './query.ts';

export interface HttpServerOptions {
  readonly engine: Engine;
  readonly credentials: Credentials;
  /** PEM texts; null: plain HTTP. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Told of every query that failed. */
  onFailure(statement: string, error: unknown): void;
}

/** ClickHouse's `http_max_uri_size`: longer parameters belong into the body. */
const MAX_HEADER_BYTES = 1_048_576;
/** Of ClickHouse 25.8 (`keep_alive_timeout`). */
const KEEP_ALIVE_MS = 10_000;
const PLAIN_TEXT = 'text/plain; charset=UTF-8';
const SHOWN_STATEMENT_LENGTH = 300;

/** The caller listens and closes. */
export function createClickHouseServer(options: HttpServerOptions): Server {
  const settings = {
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A frozen process that goes on finds that everything took too long; it answers all the same.
    requestTimeout: 0,
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void handle(request, response, options);
  };
  return options.tls
    ? createHttpsServer({ ...settings, ...options.tls }, listener)
    : createHttpServer(settings, listener);
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): Promise<void> {
  let statement = '';
  try {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const headers = new Headers(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
    if (isPing(request, url)) {
      response.setHeader('Content-Type', PLAIN_TEXT).end('Ok.\n');
      return;
    }
    if (url.pathname !== '/') {
      response.writeHead(404).end(`There is no handle ${url.pathname}\n`);
      return;
    }
    const body = await decompress(await buffer(request), headers.get('content-encoding'));
    authenticate(headers, url, options.credentials);
    const query = readQuery({ method: request.method ?? 'GET', url, headers, body });
    statement = query.text.slice(0, SHOWN_STATEMENT_LENGTH);
    await answer(query, headers, response, options);
  } catch (error) {
    if (request.destroyed && !request.complete) return; // the client left in the middle of it
    options.onFailure(statement, error);
    refuse(response, error, options.engine.version);
  }
}

function isPing({ method }: IncomingMessage, url: URL): boolean {
  const isAsked = method === 'GET' || method === 'HEAD';
  return isAsked && (url.pathname === '/ping' || (url.pathname === '/' && !url.search));
}

async function answer(
  query: Query,
  headers: Headers,
  response: ServerResponse,
  { engine }: HttpServerOptions,
): Promise<void> {
  response.setHeader('X-ClickHouse-Query-Id', query.id);
  const result = await engine.run(query);
  const isCompressed = query.settings.get('enable_http_compression') === '1';
  const accepted = isCompressed ? headers.get('accept-encoding') : null;
  const { body, encoding } = await compress(result.bytes, accepted);
  if (encoding !== null) response.setHeader('Content-Encoding', encoding);
  response
    .setHeader('Content-Type', PLAIN_TEXT)
    .setHeader('X-ClickHouse-Format', formatOf(query))
    .setHeader(
      'X-ClickHouse-Summary',
      JSON.stringify({
        read_rows: `${result.readRows}`,
        read_bytes: `${result.readBytes}`,
        result_rows: `${result.readRows}`,
        result_bytes: `${result.bytes.length}`,
        elapsed_ns: `${Math.round(result.elapsedMs * 1_000_000)}`,
      }),
    )
    .end(body);
}

function refuse(response: ServerResponse, error: unknown, version: string): void {
  const exception =
    error instanceof ClickHouseException
      ? error
      : new ClickHouseException(1001, 'STD_EXCEPTION', String(error));
  response.statusCode = httpStatusOf(exception);
  response
    .setHeader('Content-Type', PLAIN_TEXT)
    .setHeader('X-ClickHouse-Exception-Code', exception.code)
    .end(`${exception.message} (version ${version} (chDB))\n`);
}
