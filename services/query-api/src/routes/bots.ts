/** `/api/bots`: the bots that are watched (contract, section 6). */
import { randomUUID } from 'node:crypto';
import { isVisible } from '@hookpulse/api/access';
import {
  BotDetailsSchema,
  BotViewSchema,
  botView,
  CreatedBotViewSchema,
  createdBotView,
} from '@hookpulse/api/bot-view';
import { type ForwardChanges, forwardProblem, holdsSecret } from '@hookpulse/api/forward-settings';
import { BotPatchSchema, changeBot, createBot, NewBotSchema } from '@hookpulse/api/new-bot';
import type { Bot } from '@hookpulse/common/bots/bot';
import { ErasedHistorySchema } from '@hookpulse/common/bots/erased-history';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret, sha256Hex } from '@hookpulse/common/values/secrets';
import type { EventLog } from '@hookpulse/event-log/event-log';
import {
  entityTag,
  IfMatchSchema,
  preconditionFailedSchema,
} from '@hookpulse/service-kit/http/entity-tag';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import { invalidInput } from '@hookpulse/service-kit/http/invalid-input';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { ForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import Type from 'typebox';
import { oneAtATime } from '../one-at-a-time.ts';
import { type EraseDeps, eraseBot } from '../retention/erase-bot.ts';
import { registerAdoption } from './adoption.ts';
import { assertScope, visibleBotsOf } from './auth.ts';
import { BotEdits, type BotEditsDeps, type BotRequest, noSuchBot } from './bot-edits.ts';
import { registerBotSecrets } from './bot-secrets.ts';
import { registerForwarding } from './forwarding.ts';
import {
  assertReceivers,
  noSecretsKey,
  type ReceiverRules,
  secretBoxIn,
} from './receiver-rules.ts';

/** What adopting a bot needs to know of Telegram. */
export interface TelegramSettings {
  /** Null: it is not known where Telegram reaches ingest. */
  readonly ingestUrl: string | null;
  readonly telegramApiUrl: string;
  /** Where updates may be forwarded; none: everywhere but to refused addresses. */
  readonly allowedHosts: readonly string[];
  /** As `AdoptionDeps` has it. */
  readonly spreadMs?: number;
}

export const TELEGRAM_DEFAULTS: TelegramSettings = {
  ingestUrl: null,
  telegramApiUrl: 'https://api.telegram.org',
  allowedHosts: [],
};

export interface BotRoutesDeps extends BotEditsDeps {
  readonly registry: BotRegistry;
  /** Encrypts tokens and forwarding secrets; null: there is no key, so none are taken. */
  readonly secretBox: SecretBox | null;
  readonly receivers: ReceiverRules;
  readonly forwarding: Pick<ForwardingStatuses, 'get' | 'onChange'>;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly erase: EraseDeps;
  readonly telegram: TelegramSettings;
}

const PATH = '/api/bots';
const BOT_PATH = `${PATH}/:bot_id`;
const tags = ['bots'];
const Params = Type.Object({ bot_id: Type.String() });
const RemovalQuery = Type.Object({
  erase: Type.Optional(
    Type.Boolean({ description: 'true or false; true: also erase its history' }),
  ),
});

export function registerBots(app: HttpApp, deps: BotRoutesDeps): void {
  const { registry, clock, forwarding } = deps;
  const edits = new BotEdits(deps);
  const secretBox = () => secretBoxIn(deps.secretBox);
  registerReads(app, registry, edits);
  registerWrites(app, deps, edits, (...secret) => secretBox().seal(...secret));
  registerRemoval(app, deps, edits);
  registerBotSecrets(app, BOT_PATH, { registry, clock, edits });
  const { change: changing } = edits;
  const existing = (botId: string) => edits.existing(botId);
  const expected = (request: BotRequest) => edits.expected(request);
  registerAdoption(app, PATH, BOT_PATH, {
    ...deps.telegram,
    ...{ registry, clock, secretBox, changing, existing, forwarding },
    ...{ log: deps.log, logger: deps.logger },
  });
  registerForwarding(app, BOT_PATH, { registry, forwarding, clock, existing, expected, changing });
}

function registerReads(app: HttpApp, registry: BotRegistry, edits: BotEdits): void {
  app.get(
    PATH,
    {
      config: { bots: 'filtered' },
      schema: {
        tags,
        summary: 'All bots, in order of bot_id',
        response: { 200: Type.Object({ bots: Type.Array(BotViewSchema) }) },
      },
    },
    ({ caller }) => {
      const bots = visibleBotsOf(caller);
      const visible = registry.list().filter(({ bot_id }) => isVisible(bots, bot_id));
      return { bots: visible.map(botView) };
    },
  );

  app.get(
    BOT_PATH,
    {
      config: { hasEntityTag: true },
      schema: {
        tags,
        summary: 'One bot, with its alert settings',
        params: Params,
        response: { 200: BotDetailsSchema, 404: ErrorBodySchema },
      },
    },
    (request, reply) => {
      const bot = edits.existing(request.params.bot_id);
      reply.header('etag', entityTag(bot));
      return edits.detailsOf(bot);
    },
  );
}

function registerWrites(
  app: HttpApp,
  deps: BotRoutesDeps,
  edits: BotEdits,
  seal: SecretBox['seal'],
): void {
  const { registry, clock } = deps;
  const secretSource = { randomUuid: randomUUID, randomSecret, sha256Hex, seal };

  app.post(
    PATH,
    {
      config: { hasEntityTag: true },
      schema: {
        tags,
        summary: 'Registers a bot; its secrets are shown only once',
        body: NewBotSchema,
        response: { 201: CreatedBotViewSchema, 400: ErrorBodySchema, 409: ErrorBodySchema },
      },
    },
    (request, reply) =>
      edits.change(async () => {
        assertForwardable(request.body, undefined);
        assertReceivers(request.body.alerts, {}, deps.receivers, 'alerts.');
        const created = createBot(request.body, secretSource, clock.now());
        const { bot } = created;
        if (registry.get(bot.bot_id))
          throw conflict(`A bot with the bot_id ${bot.bot_id} already exists.`);
        await registry.put(bot);
        return reply
          .code(201)
          .header('location', `${PATH}/${bot.bot_id}`)
          .header('etag', entityTag(bot))
          .send(createdBotView(created));
      }),
  );

  app.patch(
    BOT_PATH,
    {
      config: { hasEntityTag: true },
      schema: {
        tags,
        summary: 'Changes name, state, alert settings or forwarding of a bot',
        params: Params,
        headers: IfMatchSchema,
        body: BotPatchSchema,
        response: {
          200: BotDetailsSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          412: preconditionFailedSchema(BotDetailsSchema),
        },
      },
    },
    (request, reply) =>
      edits.change(async () => {
        const bot = edits.expected(request);
        assertForwardable(request.body, bot);
        const bots = visibleBotsOf(request.caller);
        assertReceivers(request.body.alerts, bot.alerts ?? {}, deps.receivers, 'alerts.', bots);
        const changed = changeBot(bot, request.body, seal, clock.now());
        if (changed !== bot) await registry.put(changed);
        reply.header('etag', entityTag(changed));
        return edits.detailsOf(changed);
      }),
  );

  /** @throws HttpError 400, 409 */
  function assertForwardable(changes: ForwardChanges, bot: Bot | undefined): void {
    const problem = forwardProblem(changes, bot?.forward);
    if (problem) throw invalidInput('body', [problem]);
    if (deps.secretBox === null && holdsSecret(changes)) throw noSecretsKey();
  }
}

function registerRemoval(app: HttpApp, { registry, erase }: BotRoutesDeps, edits: BotEdits): void {
  // Takes seconds, which other changes need not wait for.
  const erasing = oneAtATime();

  app.delete(
    BOT_PATH,
    {
      schema: {
        tags,
        summary: 'Removes a bot; its history is kept unless erase is true',
        description:
          'With `erase=true`, raw events, hourly rows, alerts, silences and mails in the outbox are deleted permanently, also of a bot that was removed before. The audit keeps what was done to the bot, without names and addresses. The answer takes some seconds: 200 with the number of deleted rows. This requires the scope admin. `remains` lists what can still be found, and until when.',
        params: Params,
        headers: IfMatchSchema,
        querystring: RemovalQuery,
        response: {
          200: ErasedHistorySchema,
          204: Type.Null(),
          400: ErrorBodySchema,
          403: ErrorBodySchema,
          404: ErrorBodySchema,
          412: preconditionFailedSchema(BotDetailsSchema),
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const { bot_id } = request.params;
      const { erase: isErased = false } = request.query;
      request.done = { erase: isErased };
      if (!isErased) {
        await edits.change(async () => registry.remove(edits.expected(request).bot_id));
        return reply.code(204).send(null);
      }
      assertScope(request.caller, 'admin', 'Erasing a bot');
      const isRemoved = await edits.change(async () => {
        if (!registry.get(bot_id)) return false;
        await registry.remove(edits.expected(request).bot_id);
        return true;
      });
      const erased = await erasing(() => eraseBot(bot_id, isRemoved, erase));
      if (!erased) throw noSuchBot();
      return erased;
    },
  );
}
