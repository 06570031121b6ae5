/** `/api/annotations`: notes on the time line, such as deployments and restarts. */
import { randomUUID } from 'node:crypto';
import { isVisible, type VisibleBots } from '@hookpulse/api/access';
import { AnnotationsSchema, NewAnnotationSchema } from '@hookpulse/api/annotations';
import {
  type Annotation,
  AnnotationKind,
  AnnotationSchema,
} from '@hookpulse/common/events/annotation';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { momentMs } from '@hookpulse/common/values/moment';
import { repairedLine } from '@hookpulse/common/values/visible-line';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, forbidden, notFound } from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';
import {
  ANNOTATIONS_KEPT_MS,
  type Annotations,
} from '@hookpulse/topic-tables/annotations/annotations';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import Type from 'typebox';
import { DEFAULT_PAGE_LIMIT, PageLimit, SpanFrom, SpanTo } from '../domain/page-query.ts';
import { visibleBotsOf } from './auth.ts';
import { givenSpan } from './given-fields.ts';

export interface AnnotationRoutesDeps {
  readonly annotations: Annotations;
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PATH = '/api/annotations';
const ONE_PATH = `${PATH}/:annotation_id`;
const tags = ['annotations'];
const config = { bots: 'filtered' } as const;
const Query = Type.Object({
  bot_id: Type.Optional(BotId),
  kind: Type.Optional(AnnotationKind),
  from: SpanFrom,
  to: SpanTo,
  limit: PageLimit,
});
const Params = Type.Object({ annotation_id: Type.String() });

/** The clock of whoever deploys may be ahead. */
const MAX_AHEAD_MS = 5 * MINUTE_MS;

export function registerAnnotations(app: HttpApp, deps: AnnotationRoutesDeps): void {
  const { annotations, registry, clock } = deps;
  // Processes note their starts by themselves, whether or not people ever note something here.
  void annotations.opened.then((isRead) => {
    if (isRead) forgetOld(deps);
  });
  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Annotations, newest first; of a bot also those about all bots',
        querystring: Query,
        response: { 200: AnnotationsSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) => {
      const { bot_id, kind, limit = DEFAULT_PAGE_LIMIT } = request.query;
      const { fromMs, toMs } = givenSpan(request.query);
      const bots = visibleBotsOf(request.caller);
      const found = annotations
        .list()
        .map(shown)
        .filter((one) => {
          const { at, last_at = at } = one;
          if (Date.parse(last_at) < (fromMs ?? 0)) return false;
          if (toMs !== null && Date.parse(at) >= toMs) return false;
          if (kind !== undefined && one.kind !== kind) return false;
          if (one.bot_id === null) return true;
          return isVisible(bots, one.bot_id) && (bot_id === undefined || bot_id === one.bot_id);
        });
      return { annotations: found.toSorted(newestFirst).slice(0, limit) };
    },
  );

  app.post(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Notes what happened, such as a deployment or a restart',
        body: NewAnnotationSchema,
        response: {
          201: AnnotationSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const nowMs = clock.now();
      const { text, kind = 'note', bot_id = null, at } = request.body;
      const atMs = at === undefined ? nowMs : momentMs(at);
      if (atMs > nowMs + MAX_AHEAD_MS) throw invalidField('at', 'at must not be in the future');
      if (atMs < nowMs - ANNOTATIONS_KEPT_MS)
        throw invalidField('at', 'at must be at most 90 days ago');
      assertMayNote(bot_id, visibleBotsOf(request.caller));
      if (bot_id !== null && !registry.get(bot_id)) {
        throw notFound('There is no bot with this bot_id.');
      }
      const annotation = await annotations.note({
        annotation_id: randomUUID(),
        kind,
        bot_id,
        text: repairedLine(text),
        at: iso(atMs),
        created_by: request.caller?.token.name ?? '',
        created_at: iso(nowMs),
      });
      forgetOld(deps);
      return reply
        .code(201)
        .header('location', `${PATH}/${annotation.annotation_id}`)
        .send(annotation);
    },
  );

  app.delete(
    ONE_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Deletes an annotation',
        params: Params,
        response: {
          204: Type.Null(),
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const bots = visibleBotsOf(request.caller);
      const annotation = annotations.get(request.params.annotation_id);
      if (!annotation || (annotation.bot_id !== null && !isVisible(bots, annotation.bot_id))) {
        throw notFound('There is no annotation with this annotation_id.');
      }
      assertMayNote(annotation.bot_id, bots);
      await annotations.forget([annotation.annotation_id]);
      return reply.code(204).send(null);
    },
  );
}

/** @throws HttpError 403 when it concerns bots that the caller's token is not for */
function assertMayNote(botId: string | null, bots: VisibleBots): void {
  if (botId === null ? bots === null : isVisible(bots, botId)) return;
  throw forbidden('This token is restricted to some bots; bot_id must be one of them.');
}

/** Those from before there were kinds are notes. */
function shown(annotation: Annotation): Annotation {
  return { kind: 'note', ...annotation };
}

/** Not waited for: whoever asked does not need it. */
function forgetOld({ annotations, clock, logger }: AnnotationRoutesDeps): void {
  annotations.forgetOld(clock.now()).catch((error: unknown) => {
    logger.warn({ err: error }, 'old annotations could not be deleted');
  });
}

function newestFirst(a: Annotation, b: Annotation): number {
  return Date.parse(b.last_at ?? b.at) - Date.parse(a.last_at ?? a.at);
}
