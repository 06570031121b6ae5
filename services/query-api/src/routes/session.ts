/** `/api/session`: signing in and out with a browser, which keeps a cookie instead of the token. */

import { randomUUID } from 'node:crypto';
import type { Caller } from '@hookpulse/api/caller';
import { newSession, SessionViewSchema, type Who, WhoSchema } from '@hookpulse/api/session';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import { MAX_TOKEN_LENGTH } from '@hookpulse/service-kit/http/bearer';
import { clientAddress } from '@hookpulse/service-kit/http/client-address';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import {
  ErrorBodySchema,
  forbidden,
  WrongCredentialError,
} from '@hookpulse/service-kit/http/http-error';
import type { onRequestHookHandler } from 'fastify';
import Type from 'typebox';
import type { Grants } from '../access/grants.ts';
import type { SessionCookies } from '../access/session-cookie.ts';
import type { Sessions } from '../access/sessions.ts';

export interface SessionRoutesDeps {
  readonly grants: Grants;
  readonly sessions: Sessions;
  readonly cookies: SessionCookies;
  readonly clock: Clock;
  /** Whether a read token is set, which closes the health routes to callers without a token. */
  readonly hasReadToken: boolean;
}

const PATH = '/api/session';
const tags = ['access'];
const Body = Type.Object(
  {
    token: Type.String({
      minLength: 1,
      maxLength: MAX_TOKEN_LENGTH,
      description: 'the admin or read token, or a named one',
    }),
  },
  { additionalProperties: false, examples: [{ token: 'the-admin-or-read-token' }] },
);

/** A token of the longest kind with every character escaped would not fit; nobody's is like that. */
const MAX_BODY_BYTES = 8_192;

export function registerSession(app: HttpApp, deps: SessionRoutesDeps): void {
  const { grants, sessions, cookies, clock, hasReadToken } = deps;

  app.post(
    PATH,
    {
      config: { access: 'public', takesCredentials: true },
      bodyLimit: MAX_BODY_BYTES,
      onRequest: refuseOtherSites,
      schema: {
        tags,
        summary: 'Signs in: sets a session cookie',
        description:
          'A session ends at `expires_at`, after two hours without use (a week with the scope `read`), when it is signed out or ended, and together with its token.',
        body: Body,
        response: {
          200: SessionViewSchema,
          400: ErrorBodySchema,
          401: ErrorBodySchema,
          403: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const nowMs = clock.now();
      const grant = grants.ofToken(request.body.token);
      if (grant === null) {
        throw new WrongCredentialError('Invalid token: it is unknown, revoked or expired.');
      }
      const session = newSession(
        {
          sessionId: randomUUID(),
          origin: grants.originOf(grant),
          access: grant.access,
          tokenExpiresAtMs: grant.tokenExpiresAtMs,
          address: clientAddress(request),
          userAgent: request.headers['user-agent'],
        },
        nowMs,
      );
      const { session_id: sessionId, expires_at } = session;
      const expiresAtMs = Date.parse(expires_at);
      const secret = await sessions.begin(session);
      request.caller = { ...grant, via: 'session', session: { sessionId, expiresAtMs } };
      reply.header('set-cookie', cookies.begin(request, secret, expiresAtMs - nowMs));
      return { access: grant.access, expires_at };
    },
  );

  app.get(
    PATH,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The caller and its session; also answers callers that have not signed in',
        response: { 200: WhoSchema, 401: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) => {
      const { caller, whyUnknown, headers } = request;
      if (whyUnknown) throw whyUnknown;
      // A caller with a token wants to know whether it is valid.
      if (caller === null && headers.authorization !== undefined) {
        throw new WrongCredentialError('Invalid token.');
      }
      return caller ? whoIs(caller) : nobody(!hasReadToken);
    },
  );

  app.delete(
    PATH,
    {
      config: { access: 'public' },
      onRequest: refuseOtherSites,
      schema: {
        tags,
        summary: 'Signs out: ends the session',
        response: { 204: Type.Null(), 403: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request, reply) => {
      if (request.whyUnknown) throw request.whyUnknown;
      const sessionId = request.caller?.session?.sessionId;
      const ended = sessions.list().filter(({ record }) => record.session_id === sessionId);
      await sessions.end(ended);
      return reply
        .code(204)
        .header('set-cookie', [...cookies.end(request)])
        .send(null);
    },
  );
}

function whoIs({ access, bots, token, session }: Caller): Who {
  return {
    access,
    expires_at: session === null ? null : iso(session.expiresAtMs),
    reads_health: true,
    token,
    bots: bots && [...bots],
    session_id: session?.sessionId ?? null,
  };
}

function nobody(reads_health: boolean): Who {
  return {
    access: 'none',
    expires_at: null,
    reads_health,
    token: null,
    bots: null,
    session_id: null,
  };
}

/** Nobody is signed in or out by a page of somebody else. */
const refuseOtherSites: onRequestHookHandler = ({ headers }, _reply, done) => {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') done();
  else done(forbidden('Only pages of this origin may sign in or out.'));
};
