/** What `CLICKHOUSE_URL` says, taken apart. */

export interface ServerUrl {
  /** The server with credentials, without a database. */
  readonly url: string;
  /** Null: the server's own default. */
  readonly database: string | null;
}

/** The client would take the database as it stands: with escapes, and with a slash at the end. */
export function splitServerUrl(text: string): ServerUrl {
  const url = new URL(text);
  const database = decodeURIComponent(url.pathname).replaceAll(/^\/+|\/+$/g, '');
  url.pathname = '/';
  return { url: url.href, database: database === '' ? null : database };
}
