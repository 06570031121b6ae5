/** User name and password of a URL: `fetch` refuses URLs that have them, and a request sends them in a header. */

export interface SplitUrl {
  /** Without user name and password. */
  readonly url: string;
  /** `user:password`, decoded; null: it has none. */
  readonly credentials: string | null;
}

/** Null: user name or password have an escape that cannot be decoded, such as `%of` or `%FF`. */
export function splitCredentials(url: URL): SplitUrl | null {
  const { username, password } = url;
  if (username === '' && password === '') return { url: url.href, credentials: null };
  const rest = new URL(url);
  rest.username = '';
  rest.password = '';
  try {
    const credentials = [username, password].map(decodeURIComponent).join(':');
    return { url: rest.href, credentials };
  } catch {
    return null;
  }
}

export interface RequestTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How to send a request to a URL. One that cannot be split stays as it is, and the request fails. */
export function requestTarget(text: string): RequestTarget {
  const url = URL.parse(text);
  const split = url && splitCredentials(url);
  if (!split) return { url: text, headers: {} };
  return { url: split.url, headers: basicAuthorization(split.credentials) };
}

/** The header that sends them (RFC 7617); none for null. */
export function basicAuthorization(credentials: string | null): Record<string, string> {
  if (credentials === null) return {};
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
