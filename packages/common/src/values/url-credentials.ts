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

/** How user name and password are escaped where a URL does not let them stand. */
export const CREDENTIAL_ESCAPES =
  '%25 for %, %2F for /, %3F for ?, %23 for #, %40 for @, %5C for \\';

/** What ends the part of a URL in which user name and password stand, or begins an escape. */
const UNESCAPED = /[/?#@\\]|%(?![\da-f]{2})/i;

/**
 * Whether user name or password hold what a URL does not let them: it would be taken apart in the
 * middle of the password, and go to another host. An `@` in a path has to be escaped, too.
 */
export function hasUnescapedCredentials(text: string): boolean {
  // As the parser does, with any number of slashes behind the scheme.
  const [, credentials] = /^[a-z][\w+.-]*:\/*(.*)@/is.exec(text) ?? [];
  if (credentials === undefined) return false;
  return UNESCAPED.test(credentials) || hasUndecodable(text);
}

/** Authority, and what is behind it. */
const PARTS = /^[a-z][\w+.-]*:[/\\]*([^/?#\\]*)(.*)$/is;
/** A name that stands alone may be a user's, one of these is a host's. */
const CERTAIN_HOST = /[.\]]|^localhost$/i;

/**
 * The same for URLs of other people's programs, whose paths may have an `@`: `https://host:8443/@me`.
 * Only what can be read as `user:password` before that `@` is refused: `https://me:77/key@host`.
 */
export function seemsUnescaped(text: string): boolean {
  const [, authority = '', rest = ''] = PARTS.exec(text) ?? [];
  if (!rest.includes('@')) return hasUndecodable(text);
  if (authority.includes('@')) return true;
  const [, name = '', port] = /^(\[.*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  if (port === undefined) return false;
  if (!/^\d{1,5}$/.test(port)) return true;
  // No server ever sees a fragment, and at the start of a path's part it is a handle.
  return (CERTAIN_HOST.test(name) ? /#.*@/s : /#.*@|[^/]@/s).test(rest);
}

function hasUndecodable(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && splitCredentials(url) === null;
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
