/**
 * The cookie of a session (RFC 6265bis). Cookies are shared by all ports of a host, so the name carries
 * the port that the browser sees: two Hookpulses on one host do not sign each other out. Over HTTPS the
 * prefix `__Host-` keeps other hosts of the domain, and pages over HTTP, from setting it.
 */
import type { FastifyRequest } from 'fastify';
import { cameByHttps } from './same-origin.ts';

export interface SessionCookies {
  /** What the session cookies of a request hold, the most trusted first. */
  secretsOf(request: FastifyRequest): readonly string[];
  /** Value of `Set-Cookie`. */
  begin(request: FastifyRequest, secret: string, lifetimeMs: number): string;
  /** Values of `Set-Cookie` that make a browser forget the session. */
  end(request: FastifyRequest): readonly string[];
}

export const SESSION_COOKIE_NAME = 'hookpulse_session';
const SECURE_PREFIX = '__Host-';
/** Not readable by scripts; not sent when another site links here or posts here. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';
/** What a cookie may hold: longer than ours, shorter than what would be work to hash. */
const MAX_SECRET_LENGTH = 256;

const PORT_OF_SCHEME: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** @param publicUrl - where people reach this API; null: where they say in `Host` */
export function createSessionCookies(publicUrl: string | null): SessionCookies {
  const known = publicUrl === null ? null : URL.parse(publicUrl);

  return {
    secretsOf(request) {
      const { plain, secure } = namesFor(request);
      const held = cookiesOf(request.headers.cookie);
      const names = request.protocol === 'https' ? [secure] : [secure, plain];
      return names.flatMap((name) => held.get(name) ?? []);
    },
    begin(request, secret, lifetimeMs) {
      const { plain, secure } = namesFor(request);
      return isSecure(request)
        ? cookie(secure, secret, lifetimeMs, true)
        : cookie(plain, secret, lifetimeMs, false);
    },
    end(request) {
      const { plain, secure } = namesFor(request);
      const forgotten = cookie(plain, '', 0, false);
      return isSecure(request) ? [cookie(secure, '', 0, true), forgotten] : [forgotten];
    },
  };

  function namesFor(request: FastifyRequest) {
    const plain = `${SESSION_COOKIE_NAME}_${portOf(known ?? originOf(request))}`;
    return { plain, secure: `${SECURE_PREFIX}${plain}` };
  }

  function isSecure(request: FastifyRequest): boolean {
    return cameByHttps(request, known?.protocol === 'https:');
  }
}

function originOf({ protocol, host }: FastifyRequest): URL | null {
  return URL.parse(`${protocol}://${host}`);
}

function portOf(url: URL | null): string {
  if (url === null) return '0';
  return url.port === '' ? (PORT_OF_SCHEME[url.protocol] ?? '0') : url.port;
}

function cookiesOf(header: string | undefined): Map<string, string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of header?.split(';') ?? []) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    if (value === '' || value.length > MAX_SECRET_LENGTH) continue;
    // Two of a name are of different paths or hosts; each may be ours.
    cookies.set(name, [...(cookies.get(name) ?? []), value]);
  }
  return cookies;
}

function cookie(name: string, value: string, lifetimeMs: number, isSecure: boolean): string {
  const maxAge = Math.floor(lifetimeMs / 1_000);
  return `${name}=${value}; Max-Age=${maxAge}; ${ATTRIBUTES}${isSecure ? '; Secure' : ''}`;
}
