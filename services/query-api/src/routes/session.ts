/** `/api/session`: signing in and out with a browser, which keeps a cookie instead of the token. */
import { randomUUID } from 'node:crypto';
import { MAX_TOKEN_LENGTH } from '@hookpulse/common/http/bearer';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import {
  ErrorBodySchema,
  forbidden,
  WrongCredentialError,
} from '@hookpulse/common/http/http-error';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { onRequestHookHandler } from 'fastify';
import Type from 'typebox';
import type { Credentials } from '../access/credentials.ts';
import { cameByHttps } from '../access/same-origin.ts';
import { endedSessionCookie, sessionCookie } from '../access/session-cookie.ts';
import type { SessionSeal } from '../access/session-seal.ts';
import {
  newSession,
  SESSION_LIFETIME_MS,
  SessionViewSchema,
  type Who,
  WhoSchema,
} from '../domain/session.ts';

export interface SessionRoutesDeps {
  readonly credentials: Credentials;
  readonly seal: SessionSeal;
  readonly clock: Clock;
  /** Whether a read token is set, which closes the health routes to who has none. */
  readonly hasReadToken: boolean;
}

const PATH = '/api/session';
const tags = ['access'];
const Body = Type.Object(
  {
    token: Type.String({
      minLength: 1,
      maxLength: MAX_TOKEN_LENGTH,
      description: 'the admin or read token',
    }),
  },
  { additionalProperties: false, examples: [{ token: 'the-admin-or-read-token' }] },
);

/** A token of the longest kind with every character escaped would not fit; nobody's is like that. */
const MAX_BODY_BYTES = 8_192;

export function registerSession(
  app: HttpApp,
  { credentials, seal, clock, hasReadToken }: SessionRoutesDeps,
): void {
  app.post(
    PATH,
    {
      config: { access: 'public', takesCredentials: true },
      bodyLimit: MAX_BODY_BYTES,
      onRequest: refuseOtherSites,
      schema: {
        tags,
        summary: 'Signs in: answers a cookie that stands for the token until it expires',
        body: Body,
        response: {
          200: SessionViewSchema,
          400: ErrorBodySchema,
          401: ErrorBodySchema,
          403: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const nowMs = clock.now();
      const access = credentials.accessOf(request.body.token);
      if (access === null) {
        throw new WrongCredentialError('This is neither the admin token nor the read token.');
      }
      const session = newSession(access, randomUUID(), nowMs);
      const expiresAtMs = session.expires_at_ms;
      request.caller = { via: 'session', access, sessionId: session.session_id, expiresAtMs };
      const cookie = sessionCookie(
        seal.seal(session),
        SESSION_LIFETIME_MS[access],
        cameByHttps(request),
      );
      reply.header('set-cookie', cookie);
      return { access, expires_at: new Date(expiresAtMs).toISOString() };
    },
  );

  app.get(
    PATH,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Who one is, and until when; also for who has not signed in',
        response: { 200: WhoSchema, 401: ErrorBodySchema },
      },
    },
    ({ caller, headers }): Who => {
      if (caller === null) {
        // Whoever shows a token wants to know whether it is one.
        if (headers.authorization !== undefined) {
          throw new WrongCredentialError('There is no such token.');
        }
        return { access: 'none', expires_at: null, reads_health: !hasReadToken };
      }
      const expiresAtMs = caller.via === 'session' ? caller.expiresAtMs : null;
      return {
        access: caller.access,
        expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
        reads_health: true,
      };
    },
  );

  app.delete(
    PATH,
    {
      config: { access: 'public' },
      onRequest: refuseOtherSites,
      schema: {
        tags,
        summary: 'Signs out: the browser forgets the session',
        response: { 204: Type.Null(), 403: ErrorBodySchema },
      },
    },
    async (request, reply) => {
      return reply
        .code(204)
        .header('set-cookie', endedSessionCookie(cameByHttps(request)))
        .send(null);
    },
  );
}

/** Nobody is signed in or out by a page of somebody else. */
const refuseOtherSites: onRequestHookHandler = ({ headers }, _reply, done) => {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') done();
  else done(forbidden('Only pages of this address may sign in or out.'));
};
