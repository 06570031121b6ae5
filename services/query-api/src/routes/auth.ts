/** Who may pass to which route: bearer tokens and session cookies (contract, section 6). */

import {
  type BotAccess,
  judgeAccess,
  judgeBots,
  type RouteAccess,
  type VisibleBots,
} from '@hookpulse/api/access';
import type { Caller } from '@hookpulse/api/caller';
import { isRecord } from '@hookpulse/api/schema-example';
import { signInPath } from '@hookpulse/api/sign-in-path';
import { includesScope, type Scope } from '@hookpulse/common/bots/access-token';
import { acceptsHtml, type HttpApp } from '@hookpulse/service-kit/http/http-app';
import {
  forbidden,
  notFound,
  unauthorized,
  WrongCredentialError,
} from '@hookpulse/service-kit/http/http-error';
import type { Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import { isOwnName, misdirected } from '@hookpulse/service-kit/http/own-names';
import { TableNotReadError } from '@hookpulse/topic-tables/topic-table';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Credentials } from '../access/credentials.ts';
import { isFromSameOrigin } from '../access/same-origin.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default: reading methods need a token that reads, all others one that writes. */
    access?: RouteAccess;
    /** How it deals with tokens for some bots only. */
    bots?: BotAccess;
    /** A page for people: a browser that has not signed in is sent to where it can. */
    isPage?: boolean;
  }
  interface FastifyRequest {
    /** Who asks; null: nobody that is known. */
    caller: Caller | null;
    /** Why it is not known yet who asks; null: it is. */
    whyUnknown: TableNotReadError | null;
  }
}

/** Registered by the app's base, which knows nothing of tokens. */
const PROBE_ACCESS: Readonly<Record<string, RouteAccess>> = {
  '/livez': 'public',
  '/readyz': 'public',
  '/metrics': 'open',
};
const READING_METHODS = new Set(['GET', 'HEAD']);

/** Must run first: everything that follows knows the caller. */
export function identifyCaller(credentials: Credentials): onRequestHookHandler {
  return (request, _reply, done) => {
    try {
      request.caller = credentials.identify(request);
    } catch (error) {
      // Where nobody need be known, that is no reason to refuse.
      if (!(error instanceof TableNotReadError)) throw error;
      request.whyUnknown = error;
    }
    done();
  };
}

/**
 * To be called before the app listens, beside `identifyCaller`; it covers the routes that are there and those to come.
 * @param tokens - a read token also closes the open routes
 */
export function requireTokens(
  app: HttpApp,
  credentials: Pick<Credentials, 'isShownIn'>,
  tokens: Tokens,
): void {
  const hasReadToken = tokens.read !== null;
  app.decorateRequest('caller', null);
  app.decorateRequest('whyUnknown', null);

  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return; // there is nothing to protect
    const access = accessOf(request.method, request.routeOptions);
    const isForStrangers = access === 'open' && !hasReadToken && request.caller === null;
    if (isForStrangers && !isOwnName(request.headers.host, tokens.openTo ?? null)) {
      throw misdirected();
    }
    const scope = request.caller?.access ?? null;
    const verdict = judgeAccess(access, scope, hasReadToken);
    switch (verdict) {
      case 'granted':
        break;
      case 'unauthorized':
        if (request.whyUnknown) throw request.whyUnknown;
        if (isBrowserAtPage(request)) return reply.redirect(signInPath(request.url));
        throw credentials.isShownIn(request)
          ? new WrongCredentialError('Invalid or expired token or session.')
          : unauthorized(
              'Authentication required. Send a token as Authorization: Bearer <token>, or sign in.',
            );
      case 'forbidden':
        throw forbidden(`This token has the scope ${scope}; this request requires ${access}.`);
      default:
        verdict satisfies never;
    }
    if (access === 'public') return;
    assertItsBots(request, visibleBotsOf(request.caller));
    // A browser sends the cookie with whatever it is made to ask, by whichever page.
    const isWrite = !READING_METHODS.has(request.method);
    if (isWrite && request.caller?.via === 'session' && !isFromSameOrigin(request)) {
      throw forbidden(
        'A session may make changes only from pages of this origin. Send a token instead.',
      );
    }
  });
}

/** @throws HttpError when the token is for other bots */
function assertItsBots({ params, query, routeOptions }: FastifyRequest, bots: VisibleBots): void {
  const inQuery = botIdIn(query);
  const named = { access: routeOptions.config.bots, inPath: botIdIn(params), inQuery };
  const verdict = judgeBots(bots, named);
  switch (verdict) {
    case 'granted':
      return;
    case 'unknown':
      throw notFound('There is no bot with this bot_id.');
    case 'other-bot':
      throw forbidden(`This token is not valid for the bot ${inQuery}.`);
    case 'all-bots':
      throw forbidden('This token is restricted to some bots; this request concerns all of them.');
    default:
      verdict satisfies never;
  }
}

/** The bots that answers may tell of; a route that is open to all tells everybody of all. */
export function visibleBotsOf(caller: Caller | null): VisibleBots {
  return caller?.bots ?? null;
}

/** For what needs more than its route. @param what - begins the sentence  @throws HttpError 403 */
export function assertScope(caller: Caller | null, scope: Scope, what: string): void {
  if (caller && includesScope(caller.access, scope)) return;
  throw forbidden(`${what} requires a token with the scope ${scope}.`);
}

function botIdIn(fields: unknown): string | undefined {
  return isRecord(fields) && typeof fields.bot_id === 'string' ? fields.bot_id : undefined;
}

function isBrowserAtPage(request: FastifyRequest): boolean {
  return (request.routeOptions.config.isPage ?? false) && acceptsHtml(request);
}

/** What a route asks of its caller. */
export function accessOf(
  method: string,
  route: { readonly url?: string | undefined; readonly config?: { readonly access?: RouteAccess } },
): RouteAccess {
  if (route.config?.access) return route.config.access;
  return PROBE_ACCESS[route.url ?? ''] ?? (READING_METHODS.has(method) ? 'read' : 'write');
}
