/** `/api/tokens`: named tokens, beside those of the environment. */
import { randomUUID } from 'node:crypto';
import {
  CreatedTokenSchema,
  NewTokenSchema,
  newNamedToken,
  TokenViewSchema,
  tokenView,
} from '@hookpulse/api/named-token-view';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import Type from 'typebox';
import type { Sessions } from '../access/sessions.ts';
import { oneAtATime } from '../one-at-a-time.ts';

export interface TokenRoutesDeps {
  readonly namedTokens: NamedTokens;
  readonly sessions: Pick<Sessions, 'list' | 'end'>;
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly clock: Clock;
}

const PATH = '/api/tokens';
const TOKEN_PATH = `${PATH}/:token_id`;
const tags = ['access'];
const config = { access: 'admin' } as const;
const Params = Type.Object({ token_id: Type.String() });
const TokensSchema = Type.Object({
  tokens: Type.Array(TokenViewSchema, { description: 'newest first, expired ones included' }),
});

/** Far more than people and programs of one team; each is held in memory by every process. */
const MAX_TOKENS = 1_000;

export function registerTokens(app: HttpApp, deps: TokenRoutesDeps): void {
  const { namedTokens, sessions, registry, clock } = deps;
  const changing = oneAtATime();

  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'All named tokens, without their text',
        response: { 200: TokensSchema, 503: ErrorBodySchema },
      },
    },
    () => {
      const nowMs = clock.now();
      const kept = namedTokens.list().toReversed();
      return {
        tokens: kept.map(({ record, lastUsedAtMs }) => tokenView(record, lastUsedAtMs, nowMs)),
      };
    },
  );

  app.get(
    TOKEN_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'One named token',
        params: Params,
        response: { 200: TokenViewSchema, 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    ({ params }) => {
      const { record, lastUsedAtMs } = existing(params.token_id);
      return tokenView(record, lastUsedAtMs, clock.now());
    },
  );

  app.post(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Creates a named token; its text is shown only once',
        body: NewTokenSchema,
        response: {
          201: CreatedTokenSchema,
          400: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    ({ body, caller }, reply) =>
      changing(async () => {
        const nowMs = clock.now();
        const createdBy = caller?.token.name ?? '';
        const verdict = newNamedToken(body, { tokenId: randomUUID(), createdBy, nowMs });
        if (verdict.kind === 'bad') throw invalidField(verdict.field, verdict.message);
        const { record } = verdict;
        const unknown = record.bots?.filter((botId) => !registry.get(botId)) ?? [];
        if (unknown.length > 0) throw invalidField('bots', `There is no bot ${unknown.join(', ')}`);
        if (namedTokens.list().length >= MAX_TOKENS) {
          throw conflict(`There are ${MAX_TOKENS} tokens already: revoke some first.`);
        }
        const token = await namedTokens.create(record);
        return reply
          .code(201)
          .header('location', `${PATH}/${record.token_id}`)
          .send({ ...tokenView(record, null, nowMs), token });
      }),
  );

  app.delete(
    TOKEN_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Revokes a named token and ends its sessions and event streams',
        params: Params,
        response: { 204: Type.Null(), 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    ({ params }, reply) =>
      changing(async () => {
        const { token_id } = params;
        await namedTokens.remove([existing(token_id)]);
        const made = sessions.list().filter(({ record }) => record.origin.token_id === token_id);
        await sessions.end(made);
        return reply.code(204).send(null);
      }),
  );

  function existing(tokenId: string) {
    const kept = namedTokens.byId(tokenId);
    if (!kept) throw notFound('There is no token with this token_id.');
    return kept;
  }
}
