/** Bearer tokens in front of every route (contract, section 6). */
import { bearerToken } from '@hookpulse/common/http/bearer';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { forbidden, unauthorized } from '@hookpulse/common/http/http-error';
import { matchesSha256, sha256Hex } from '@hookpulse/common/runtime/secrets';
import { type Caller, judgeAccess, type RouteAccess } from '../domain/access.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default: reading methods need a token that reads, all others one that writes. */
    access?: RouteAccess;
  }
}

/** Null: no such token, so nobody can show it. */
export interface Tokens {
  readonly admin: string | null;
  readonly read: string | null;
}

/** Registered by the app's base, which knows nothing of tokens. */
const OPEN_PATHS = new Set(['/livez', '/readyz', '/metrics']);
const READING_METHODS = new Set(['GET', 'HEAD']);

/** To be called before the app listens; it covers the routes that are there and those to come. */
export function requireTokens(app: HttpApp, tokens: Tokens): void {
  const adminSha256 = tokens.admin === null ? null : sha256Hex(tokens.admin);
  const readSha256 = tokens.read === null ? null : sha256Hex(tokens.read);

  app.addHook('onRequest', async (request) => {
    if (request.is404) return; // there is nothing to protect
    const { url = '', config } = request.routeOptions;
    const access = config.access ?? defaultAccess(request.method, url);
    const caller = callerOf(bearerToken(request.headers.authorization));
    const verdict = judgeAccess(access, caller, readSha256 !== null);
    switch (verdict) {
      case 'granted':
        return;
      case 'unauthorized':
        throw unauthorized('This needs a token: send it as Authorization: Bearer <token>.');
      case 'forbidden':
        throw forbidden('This token reads only; what you asked for needs the admin token.');
      default:
        verdict satisfies never;
    }
  });

  function callerOf(token: string | null): Caller {
    if (token === null) return 'nobody';
    if (adminSha256 !== null && matchesSha256(token, adminSha256)) return 'admin';
    if (readSha256 !== null && matchesSha256(token, readSha256)) return 'reader';
    return 'nobody';
  }
}

function defaultAccess(method: string, path: string): RouteAccess {
  if (OPEN_PATHS.has(path)) return 'open';
  return READING_METHODS.has(method) ? 'read' : 'write';
}
