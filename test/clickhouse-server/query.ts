/** A query as it came over HTTP, taken apart. */
import { ClickHouseException } from './exceptions.ts';
import { readFormParts } from './form-data.ts';

export interface Query {
  readonly id: string;
  /** The statement; of an INSERT followed by its data. */
  readonly text: string;
  /** Null: the server's own default. */
  readonly database: string | null;
  readonly settings: ReadonlyMap<string, string>;
  /** Values of `{name: Type}` by name, in the escaping of tab-separated values. */
  readonly params: ReadonlyMap<string, string>;
  /** In force when the statement has no FORMAT clause. */
  readonly defaultFormat: string;
  /** GET may not change anything. */
  readonly isReadOnly: boolean;
}

export interface QueryRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** Already decompressed. */
  readonly body: Buffer;
}

/** Of the URL, and neither settings nor parameters of the query (ClickHouse's `HTTPHandler.cpp`). */
const NOT_SETTINGS = new Set([
  ...['query', 'query_id', 'database', 'default_format', 'user', 'password', 'quota_key', 'role'],
  ...['compress', 'decompress', 'stacktrace', 'buffer_size', 'wait_end_of_query'],
  ...['session_id', 'session_timeout', 'session_check', 'close_session', 'client_protocol_version'],
]);
const PARAM_PREFIX = 'param_';
/** ClickHouse's `http_max_field_value_size`, of the URL and of parts of a form alike. */
const MAX_FIELD_BYTES = 131_072;
const DEFAULT_FORMAT = 'TabSeparated';
const NAME = /^[A-Za-z_]\w*$/;

/** @throws ClickHouseException when it cannot be understood, or is more than one statement */
export function readQuery({ method, url, headers, body }: QueryRequest): Query {
  const fields = new Map(url.searchParams);
  const contentType = headers.get('content-type') ?? '';
  const parts = contentType.startsWith('multipart/form-data')
    ? readFormParts(body, contentType)
    : null;
  for (const [name, value] of parts ?? []) fields.set(name, value);
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  for (const [name, value] of fields) {
    if (Buffer.byteLength(value) > MAX_FIELD_BYTES) throw fieldTooLong();
    if (name === '' || NOT_SETTINGS.has(name)) continue;
    if (!NAME.test(name)) throw unknownSetting(name);
    if (name.startsWith(PARAM_PREFIX)) params.set(name.slice(PARAM_PREFIX.length), value);
    else settings.set(name, value);
  }
  const statement = fields.get('query') ?? '';
  const data = parts === null ? body.toString('utf8') : '';
  const text = statement === '' ? data : `${statement}\n${data}`;
  if (hasSeveralStatements(text)) throw severalStatements();
  return {
    id: fields.get('query_id') || headers.get('x-clickhouse-query-id') || crypto.randomUUID(),
    text,
    database: headers.get('x-clickhouse-database') ?? fields.get('database') ?? null,
    settings,
    params,
    defaultFormat:
      headers.get('x-clickhouse-format') ?? fields.get('default_format') ?? DEFAULT_FORMAT,
    isReadOnly: method !== 'POST',
  };
}

/** The format in which a query is answered. */
export function formatOf({ text, defaultFormat }: Query): string {
  return /\bFORMAT\s+(\w+)[\s;]*$/i.exec(text)?.[1] ?? defaultFormat;
}

const INSERT = /^\s*INSERT\b/i;
/** After it comes data, in which a semicolon has no meaning. */
const DATA_START = /\b(?:FORMAT\s+\w+|VALUES)\b/i;
/** Quoted names, strings and comments, in which it has none either. */
const OPAQUE = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|--[^\n]*|\/\*.*?\*\//gs;

/** A server refuses to run several statements at once, where chDB would run them all. */
function hasSeveralStatements(text: string): boolean {
  const dataStart = INSERT.test(text) ? DATA_START.exec(text)?.index : undefined;
  const code = text.slice(0, dataStart).replaceAll(OPAQUE, ' ');
  return /;\s*[^\s;]/.test(code);
}

function severalStatements(): ClickHouseException {
  return new ClickHouseException(
    62,
    'SYNTAX_ERROR',
    'Syntax error (Multi-statements are not allowed).',
  );
}

function fieldTooLong(): ClickHouseException {
  return new ClickHouseException(
    1000,
    'POCO_EXCEPTION',
    'HTML Form Exception: Field value too long',
  );
}

function unknownSetting(name: string): ClickHouseException {
  return new ClickHouseException(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
}
