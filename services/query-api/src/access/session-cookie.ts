/** The cookie of a session (RFC 6265). */

const COOKIE_NAME = 'hookpulse_session';
/** Not readable by scripts; not sent when another site links here or posts here. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** The sealed session of a `Cookie` header; null when it has none. */
export function sealedSessionOf(cookieHeader: string | undefined): string | null {
  for (const pair of cookieHeader?.split(';') ?? []) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    if (name === COOKIE_NAME && value !== '') return value;
  }
  return null;
}

/** Value of `Set-Cookie`. @param isSecure - whether it may travel by https only */
export function sessionCookie(sealed: string, lifetimeMs: number, isSecure: boolean): string {
  const maxAge = Math.floor(lifetimeMs / 1_000);
  return `${COOKIE_NAME}=${sealed}; Max-Age=${maxAge}; ${ATTRIBUTES}${isSecure ? '; Secure' : ''}`;
}

/** Value of `Set-Cookie` that makes a browser forget the session. */
export function endedSessionCookie(isSecure: boolean): string {
  return sessionCookie('', 0, isSecure);
}
