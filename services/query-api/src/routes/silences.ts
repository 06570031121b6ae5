/** `/api/silences`: mails of some alerts are held back for a while. */

import { randomUUID } from 'node:crypto';
import { isVisible } from '@hookpulse/api/access';
import type { Caller } from '@hookpulse/api/caller';
import {
  createSilence,
  NewSilenceSchema,
  SilenceViewSchema,
  silenceView,
} from '@hookpulse/api/new-silence';
import { isActive, type Silence } from '@hookpulse/common/alerts/silence';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import {
  assertMatches,
  entityTag,
  IfMatchSchema,
  preconditionFailedSchema,
} from '@hookpulse/service-kit/http/entity-tag';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, forbidden, notFound } from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import Type from 'typebox';
import { oneAtATime } from '../one-at-a-time.ts';
import { visibleBotsOf } from './auth.ts';

export interface SilenceRoutesDeps {
  readonly controls: AlertControls;
  readonly registry: BotRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PATH = '/api/silences';
const SILENCE_PATH = `${PATH}/:silence_id`;
const tags = ['alerts'];
const config = { bots: 'filtered' } as const;
const Params = Type.Object({ silence_id: Type.String() });
const Query = Type.Object({
  all: Type.Optional(
    Type.Boolean({ description: 'true, false, 1 or 0; true: include ended silences' }),
  ),
});
const SilencesSchema = Type.Object({
  silences: Type.Array(SilenceViewSchema, { description: 'newest first' }),
});

/** How long an ended silence is listed, so that people can look up who held back what. */
const REMEMBERED_MS = 7 * 86_400_000;

export function registerSilences(app: HttpApp, deps: SilenceRoutesDeps): void {
  registerReads(app, deps);
  registerWrites(app, deps);
}

function registerReads(app: HttpApp, { controls, clock }: SilenceRoutesDeps): void {
  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Silences that are active',
        querystring: Query,
        response: { 200: SilencesSchema, 400: ErrorBodySchema },
      },
    },
    (request) => {
      const nowMs = clock.now();
      const { all = false } = request.query;
      const shown = visible(controls, request.caller).filter(
        (silence) => all || isActive(silence, nowMs),
      );
      return { silences: shown.toSorted(newestFirst).map((one) => silenceView(one, nowMs)) };
    },
  );

  app.get(
    SILENCE_PATH,
    {
      config: { ...config, hasEntityTag: true },
      schema: {
        tags,
        summary: 'One silence',
        params: Params,
        response: { 200: SilenceViewSchema, 404: ErrorBodySchema },
      },
    },
    (request, reply) => {
      const silence = existing(controls, request.params.silence_id, request.caller);
      reply.header('etag', entityTag(silence));
      return silenceView(silence, clock.now());
    },
  );
}

function registerWrites(app: HttpApp, deps: SilenceRoutesDeps): void {
  const { controls, registry, clock } = deps;
  const changing = oneAtATime();

  app.post(
    PATH,
    {
      config: { ...config, hasEntityTag: true },
      schema: {
        tags,
        summary: 'Creates a silence, which holds back mails of a bot, of a rule, of both or of all',
        body: NewSilenceSchema,
        response: {
          201: SilenceViewSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const nowMs = clock.now();
      const verdict = createSilence(request.body, randomUUID(), nowMs);
      if (verdict.kind === 'bad') throw invalidField(verdict.field, verdict.message);
      const { silence } = verdict;
      assertMayChange(silence, request.caller);
      if (silence.bot_id !== null && !registry.get(silence.bot_id)) {
        throw notFound('There is no bot with this bot_id.');
      }
      await controls.putSilence(silence);
      forgetOld(deps);
      return reply
        .code(201)
        .header('location', `${PATH}/${silence.silence_id}`)
        .header('etag', entityTag(silence))
        .send(silenceView(silence, nowMs));
    },
  );

  app.delete(
    SILENCE_PATH,
    {
      config: { ...config, hasEntityTag: true },
      schema: {
        tags,
        summary: 'Ends a silence; alerts that still fire are mailed',
        params: Params,
        headers: IfMatchSchema,
        response: {
          204: Type.Null(),
          404: ErrorBodySchema,
          412: preconditionFailedSchema(SilenceViewSchema),
          503: ErrorBodySchema,
        },
      },
    },
    (request, reply) =>
      changing(async () => {
        const silence = existing(controls, request.params.silence_id, request.caller);
        assertMayChange(silence, request.caller);
        const nowMs = clock.now();
        assertMatches(request, silence, () => silenceView(silence, nowMs));
        if (isActive(silence, nowMs)) {
          await controls.putSilence({ ...silence, ends_at: iso(nowMs) });
        }
        return reply.code(204).send(null);
      }),
  );
}

/** Silences that concern bots of the caller: one of all bots holds back mails of each of them, too. */
function visible(controls: AlertControls, caller: Caller | null): Silence[] {
  const bots = visibleBotsOf(caller);
  return controls.silences().filter(({ bot_id }) => bot_id === null || isVisible(bots, bot_id));
}

/** @throws HttpError 404 */
function existing(controls: AlertControls, silenceId: string, caller: Caller | null): Silence {
  const silence = visible(controls, caller).find(({ silence_id }) => silence_id === silenceId);
  if (!silence) throw notFound('There is no silence with this silence_id.');
  return silence;
}

/** @throws HttpError 403 when it concerns bots that the caller's token is not for */
function assertMayChange({ bot_id }: Silence, caller: Caller | null): void {
  const bots = visibleBotsOf(caller);
  if (bot_id === null ? bots === null : isVisible(bots, bot_id)) return;
  throw forbidden('This token is restricted to some bots; bot_id must be one of them.');
}

/** Not waited for: whoever asked does not need it. */
function forgetOld({ controls, clock, logger }: SilenceRoutesDeps): void {
  const beforeMs = clock.now() - REMEMBERED_MS;
  for (const { silence_id, ends_at } of controls.silences()) {
    if (Date.parse(ends_at) >= beforeMs) continue;
    controls.forgetSilence(silence_id).catch((error: unknown) => {
      logger.warn({ err: error, silence_id }, 'an old silence could not be deleted');
    });
  }
}

function newestFirst(a: Silence, b: Silence): number {
  return Date.parse(b.created_at) - Date.parse(a.created_at);
}
