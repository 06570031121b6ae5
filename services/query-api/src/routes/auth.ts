/** Who may pass to which route: bearer tokens and session cookies (contract, section 6). */
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { forbidden, unauthorized, WrongCredentialError } from '@hookpulse/common/http/http-error';
import type { Tokens } from '@hookpulse/common/http/metrics-tokens';
import { isOwnName, misdirected } from '@hookpulse/common/http/own-names';
import { signInPath } from '@hookpulse/dashboard/pages/sign-in/sign-in-path';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { type Credentials, type Identity, showsCredential } from '../access/credentials.ts';
import { isFromSameOrigin } from '../access/same-origin.ts';
import { judgeAccess, type RouteAccess } from '../domain/access.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default: reading methods need a token that reads, all others one that writes. */
    access?: RouteAccess;
    /** A page for people: a browser that has not signed in is sent to where it can. */
    isPage?: boolean;
  }
  interface FastifyRequest {
    /** Who asks; null: nobody that is known. */
    caller: Identity | null;
  }
}

/** Registered by the app's base, which knows nothing of tokens. */
const OPEN_PATHS = new Set(['/livez', '/readyz', '/metrics']);
const READING_METHODS = new Set(['GET', 'HEAD']);

/** To run first of all: who asks is known to everything that follows. */
export function identifyCaller(credentials: Credentials): onRequestHookHandler {
  return (request, _reply, done) => {
    request.caller = credentials.identify(request);
    done();
  };
}

/**
 * To be called before the app listens, beside `identifyCaller`; it covers the routes that are there and those to come.
 * @param tokens - a read token also closes the open routes
 */
export function requireTokens(app: HttpApp, tokens: Tokens): void {
  const hasReadToken = tokens.read !== null;
  app.decorateRequest('caller', null);

  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return; // there is nothing to protect
    const access = accessOf(request.method, request.routeOptions);
    const isForStrangers = access === 'open' && !hasReadToken && request.caller === null;
    if (isForStrangers && !isOwnName(request.headers.host, tokens.openTo ?? null)) {
      throw misdirected();
    }
    const verdict = judgeAccess(access, request.caller?.access ?? 'nobody', hasReadToken);
    switch (verdict) {
      case 'granted':
        break;
      case 'unauthorized':
        if (isBrowserAtPage(request)) return reply.redirect(signInPath(request.url));
        throw showsCredential(request)
          ? new WrongCredentialError('There is no such token or session, or it has ended.')
          : unauthorized(
              'This needs a token: send it as Authorization: Bearer <token>, or sign in.',
            );
      case 'forbidden':
        throw forbidden('This token reads only; what you asked for needs the admin token.');
      default:
        verdict satisfies never;
    }
    // A browser sends the cookie with whatever it is made to ask, by whichever page.
    const isWrite = access !== 'public' && !READING_METHODS.has(request.method);
    if (isWrite && request.caller?.via === 'session' && !isFromSameOrigin(request)) {
      throw forbidden(
        'With a session, only pages of this address may change things; send a token instead.',
      );
    }
  });
}

function isBrowserAtPage({ routeOptions, headers }: FastifyRequest): boolean {
  return (routeOptions.config.isPage ?? false) && (headers.accept ?? '').includes('text/html');
}

/** What a route asks of its caller. */
export function accessOf(
  method: string,
  route: { readonly url?: string | undefined; readonly config?: { readonly access?: RouteAccess } },
): RouteAccess {
  if (route.config?.access) return route.config.access;
  if (OPEN_PATHS.has(route.url ?? '')) return 'open';
  return READING_METHODS.has(method) ? 'read' : 'write';
}
