/** `/api/updates`: the updates themselves, and delivering them again (contract, section 8). */
import { isVisible } from '@hookpulse/api/access';
import { ReplayRequestSchema, ReplaySchema, UpdateViewSchema } from '@hookpulse/api/updates';
import type { Bot } from '@hookpulse/common/bots/bot';
import { UpdateId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import Type from 'typebox';
import { type FindUpdateDeps, findUpdate } from '../updates/find-update.ts';
import type { ReadUpdate } from '../updates/read-updates.ts';
import { type ReplayDeps, replay } from '../updates/replay.ts';
import { visibleBotsOf } from './auth.ts';

export interface UpdateRoutesDeps extends FindUpdateDeps, ReplayDeps {
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly log: FindUpdateDeps['log'] & ReplayDeps['log'];
  readonly clock: Clock;
}

const tags = ['updates'];
/** Written by hand, as an update may be nested too deep for `JSON.stringify`. */
const UpdateViewText = Type.Unsafe<string>(UpdateViewSchema);

export function registerUpdates(app: HttpApp, deps: UpdateRoutesDeps): void {
  const { registry, clock } = deps;

  app.get(
    '/api/updates/:bot_id/:update_id',
    {
      config: { access: 'admin', isAudited: true },
      schema: {
        tags,
        summary: 'One update as Telegram sent it; reading it is recorded in the audit',
        description:
          'An update is what people have written to the bot, so this requires the scope admin. It is read from the log, which keeps updates for a while only (by default a week).',
        params: Type.Object({ bot_id: Type.String(), update_id: UpdateId }),
        response: {
          200: UpdateViewText,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const { bot_id: botId, update_id: updateId } = request.params;
      existing(botId);
      const found = await findUpdate(deps, botId, updateId, clock.now());
      if (found.kind === 'missing') throw notFound(found.reason);
      reply.header('content-type', 'application/json; charset=utf-8');
      return viewText(botId, found.update);
    },
  );

  app.post(
    '/api/updates/replay',
    {
      config: { bots: 'filtered' },
      schema: {
        tags,
        summary: 'Delivers updates of a bot again, in their order, behind those that wait for it',
        description:
          'Each is sent at least once, as an update of its own with its own attempts. The bot finds the id of the replay in `X-Hookpulse-Replay`; `X-Hookpulse-Event-Id` is the one of the first delivery. The answer comes when all of them are durable. One request covers up to 1,000 updates; repeat it with `next_cursor` for the rest.',
        body: ReplayRequestSchema,
        response: {
          200: ReplaySchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request) => {
      const { body, caller } = request;
      const bot = isVisible(visibleBotsOf(caller), body.bot_id) ? existing(body.bot_id) : null;
      if (bot === null) throw noSuchBot();
      if (!bot.forward) {
        throw conflict('Updates of this bot are not forwarded. Set forward.url first.');
      }
      const done = await replay(body, deps);
      request.done = { replay_id: done.replay_id, updates: done.updates };
      return done;
    },
  );

  function existing(botId: string): Bot {
    const bot = registry.get(botId);
    if (!bot) throw noSuchBot();
    return bot;
  }
}

function noSuchBot() {
  return notFound('There is no bot with this bot_id.');
}

/** @see UpdateViewSchema */
function viewText(
  botId: string,
  { updateId, updateType, receivedAt, message, body }: ReadUpdate,
): string {
  const told = JSON.stringify({
    bot_id: botId,
    update_id: updateId,
    update_type: updateType,
    received_at: receivedAt,
    partition: message.partition,
    offset: String(message.offset),
  });
  return `${told.slice(0, -1)},"update":${body}}`;
}
