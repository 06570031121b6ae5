/** `/api/sessions`: which browsers are signed in, and signing them out. */

import { type Caller, type TokenRef, tokenKey } from '@hookpulse/api/caller';
import {
  idleEndMs,
  ListedSessionSchema,
  listedSession,
  type Session,
} from '@hookpulse/api/session';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, forbidden, notFound } from '@hookpulse/service-kit/http/http-error';
import type { Credential } from '@hookpulse/topic-tables/tokens/credential-table';
import Type from 'typebox';
import type { Grants } from '../access/grants.ts';
import type { Sessions } from '../access/sessions.ts';

export interface SessionListDeps {
  readonly grants: Pick<Grants, 'ofOrigin'>;
  readonly sessions: Pick<Sessions, 'list' | 'end'>;
  readonly clock: Clock;
}

const PATH = '/api/sessions';
const tags = ['access'];
const Params = Type.Object({ session_id: Type.String() });
const EndQuery = Type.Object({
  all: Type.Optional(
    Type.Boolean({
      description:
        'true or false; true: the sessions of all tokens, which requires the scope admin',
    }),
  ),
});
const SessionsSchema = Type.Object({
  sessions: Type.Array(ListedSessionSchema, { description: 'newest first' }),
});
const EndedSchema = Type.Object({
  ended: Type.Integer({ description: 'number of sessions that were ended', examples: [3] }),
});

/** Whoever knows a token may look after the sessions that were made with it; an admin, after all. */
const config = { access: 'read', bots: 'any' } as const;

export function registerSessions(app: HttpApp, { grants, sessions, clock }: SessionListDeps): void {
  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Sessions of browsers: of this token, or of all tokens for an admin',
        response: { 200: SessionsSchema, 503: ErrorBodySchema },
      },
    },
    ({ caller }) => {
      const nowMs = clock.now();
      const currentId = caller?.session?.sessionId ?? null;
      const listed = sessions.list().flatMap((kept) => {
        const { record: session, lastUsedAtMs } = kept;
        const grant = grants.ofOrigin(session.origin);
        if (!grant || !looksAfter(caller, kept)) return [];
        const used = { session, lastUsedAtMs };
        const isAlive = idleEndMs(used, grant.access) > nowMs;
        return isAlive ? [listedSession(used, grant.access, currentId)] : [];
      });
      return { sessions: listed.reverse() };
    },
  );

  app.delete(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Signs out everywhere: ends all sessions of this token',
        querystring: EndQuery,
        response: { 200: EndedSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async ({ caller, query }) => {
      if (query.all && !isAdmin(caller)) {
        throw forbidden('Ending the sessions of all tokens requires the scope admin for all bots.');
      }
      const own = caller && tokenKey(caller.token);
      const ended = sessions.list().filter((kept) => query.all || keyOf(kept) === own);
      await sessions.end(ended);
      return { ended: ended.length };
    },
  );

  app.delete(
    `${PATH}/:session_id`,
    {
      config,
      schema: {
        tags,
        summary: 'Ends a session and its event streams',
        params: Params,
        response: { 204: Type.Null(), 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async ({ caller, params }, reply) => {
      const kept = sessions.list().find(({ record }) => record.session_id === params.session_id);
      if (!kept || !looksAfter(caller, kept)) {
        throw notFound('There is no session with this session_id.');
      }
      await sessions.end([kept]);
      return reply.code(204).send(null);
    },
  );
}

function looksAfter(caller: Caller | null, kept: Credential<Session>): boolean {
  return isAdmin(caller) || (caller !== null && keyOf(kept) === tokenKey(caller.token));
}

function isAdmin(caller: Caller | null): boolean {
  return caller?.access === 'admin' && caller.bots === null;
}

function keyOf({ record }: Credential<Session>): string {
  const { token_id, name }: TokenRef = record.origin;
  return tokenKey({ token_id, name });
}
