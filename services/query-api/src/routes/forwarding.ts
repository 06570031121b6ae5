/** `/api/bots/<bot_id>/forwarding`: how forwarding to a bot goes, and holding it back for a while. */
import { BotDetailsSchema } from '@hookpulse/api/bot-view';
import {
  ForwardingHistorySchema,
  ForwardingViewSchema,
  forwardingView,
} from '@hookpulse/api/forwarding-view';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import {
  entityTag,
  IfMatchSchema,
  preconditionFailedSchema,
} from '@hookpulse/service-kit/http/entity-tag';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { ForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import Type from 'typebox';
import { BacklogHistory } from '../domain/forwarding-history.ts';
import type { BotRequest } from './bot-edits.ts';

export interface ForwardingDeps {
  readonly registry: Pick<BotRegistry, 'put'>;
  readonly forwarding: Pick<ForwardingStatuses, 'get' | 'onChange'>;
  readonly clock: Clock;
  /** @throws HttpError 404 */
  existing(botId: string): Bot;
  /** The bot to change. @throws HttpError 404; 412 where the caller means an older state of it */
  expected(request: BotRequest): Bot;
  /** One change of a bot after the other. */
  changing<T>(task: () => Promise<T>): Promise<T>;
}

const tags = ['bots'];
const Params = Type.Object({ bot_id: Type.String() });

/** @param botPath - of one bot, with its parameter `bot_id` */
export function registerForwarding(app: HttpApp, botPath: string, deps: ForwardingDeps): void {
  const { registry, forwarding, clock, existing, expected, changing } = deps;
  const path = `${botPath}/forwarding`;
  const history = new BacklogHistory();
  const stopNoting = forwarding.onChange(({ key, row }) => {
    if (!row) return history.forget(key);
    const { backlog, oldest_at: oldestAt } = row;
    const oldestMs = oldestAt === null ? null : Date.parse(oldestAt);
    history.note(key, { backlog, oldestMs }, clock.now());
  });
  app.addHook('onClose', async () => stopNoting());

  app.get(
    path,
    {
      schema: {
        tags,
        summary: 'How forwarding to a bot goes',
        params: Params,
        response: {
          200: ForwardingViewSchema,
          404: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    (request) => viewOf(existing(request.params.bot_id)),
  );

  app.get(
    `${path}/history`,
    {
      schema: {
        tags,
        summary: 'The backlog of a bot over the last hour, as far as this process has seen it',
        params: Params,
        response: { 200: ForwardingHistorySchema, 404: ErrorBodySchema },
      },
    },
    (request) => {
      const { bot_id } = existing(request.params.bot_id);
      return { bot_id, points: history.of(bot_id, clock.now()) };
    },
  );

  for (const [action, isPaused, summary] of [
    ['pause', true, 'Holds the updates of a bot back; they wait on the log for up to 24 hours'],
    ['resume', false, 'Forwards updates again, those that waited first'],
  ] as const) {
    app.post(
      `${path}/${action}`,
      {
        config: { hasEntityTag: true },
        schema: {
          tags,
          summary,
          params: Params,
          headers: IfMatchSchema,
          response: {
            200: ForwardingViewSchema,
            404: ErrorBodySchema,
            409: ErrorBodySchema,
            412: preconditionFailedSchema(BotDetailsSchema),
            503: ErrorBodySchema,
          },
        },
      },
      (request, reply) =>
        changing(async () => {
          const bot = pausedBot(expected(request), isPaused, clock.now());
          await registry.put(bot);
          reply.header('etag', entityTag(bot));
          return viewOf(bot);
        }),
    );
  }

  function viewOf(bot: Bot) {
    const { paused = false } = forwardOf(bot);
    return forwardingView(bot.bot_id, paused, forwarding.get(bot.bot_id), clock.now());
  }
}

function pausedBot(bot: Bot, isPaused: boolean, nowMs: number): Bot {
  const { paused: _paused, ...forward } = forwardOf(bot);
  return {
    ...bot,
    forward: { ...forward, ...(isPaused ? { paused: true } : {}) },
    updated_at: iso(nowMs),
  };
}

/** @throws HttpError 409 */
function forwardOf({ forward }: Bot) {
  if (forward) return forward;
  throw conflict('Updates of this bot are not forwarded. Set forward.url first.');
}
