/**
 * `POST /webhook/<bot_id>`: what Telegram calls (contract, section 3). The answer is 200 only after
 * the log has acknowledged both the update and its `received` event. Never 410: Telegram deletes a
 * webhook that answers it for a day.
 */
import type { Bot } from '@hookpulse/common/domain/bot';
import { clientAddress } from '@hookpulse/common/http/client-address';
import type { FailureBudget } from '@hookpulse/common/http/failure-budget';
import type { HttpPlugin } from '@hookpulse/common/http/http-app';
import {
  badRequest,
  forbidden,
  HttpError,
  notFound,
  tooManyFailures,
} from '@hookpulse/common/http/http-error';
import type { OutgoingMessage } from '@hookpulse/common/log/event-log';
import { EVENTS_TOPIC, schemaHeader, UPDATES_TOPIC } from '@hookpulse/common/log/topics';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { IngestMetrics } from '@hookpulse/common/runtime/metrics';
import type { FastifyRequest } from 'fastify';
import {
  type Delivery,
  receivedEvent,
  rejectedEvent,
  UPDATE_RECORD_END,
  updateRecordStart,
} from '../domain/delivery.ts';
import { readUpdate } from '../domain/update.ts';
import { JsonBody, parseJsonBodies } from './json-body.ts';
import type { Publisher } from './publisher.ts';
import { SignatureFailures } from './signature-failures.ts';
import { WebhookSecrets } from './webhook-secret.ts';

export interface WebhookDeps {
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Of wrong secrets. */
  readonly failures: FailureBudget;
  readonly metrics: Pick<IngestMetrics, 'deliveries'>;
}

export const WEBHOOK_PATH = '/webhook/:botId';

/** Set by `setWebhook` (https://core.telegram.org/bots/api#setwebhook, `secret_token`). */
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** 1 MiB: hundreds of times the largest update that Telegram sends. */
export const MAX_UPDATE_BYTES = 1_048_576;

const UPDATE_HEADERS = schemaHeader(UPDATES_TOPIC);
const EVENT_HEADERS = schemaHeader(EVENTS_TOPIC);
const EMPTY_ANSWER = '{}';
const JSON_TYPE = 'application/json; charset=utf-8';

export const webhookRoute: HttpPlugin<WebhookDeps> = (app, deps, done) => {
  const secrets = new WebhookSecrets();
  const failures = new SignatureFailures(deps.failures);
  parseJsonBodies(app);
  app.route<{ Params: { botId: string } }>({
    method: 'POST',
    url: WEBHOOK_PATH,
    bodyLimit: MAX_UPDATE_BYTES,
    // Before the body is read: who is not a bot of ours sends it for nothing.
    onRequest: (request, _reply, next) => {
      const bot = enabledBot(deps.registry, request.params.botId);
      next(bot instanceof HttpError ? bot : undefined);
    },
    handler: async (request, reply) => {
      const bot = enabledBot(deps.registry, request.params.botId);
      if (bot instanceof HttpError) throw bot;
      const body = jsonBodyOf(request);
      const nowMs = deps.clock.now();
      const delivery = readDelivery(request, bot, body, nowMs);
      if (!secrets.matches(bot, presentedSecret(request), nowMs)) {
        const waitMs = failures.take(request, bot.bot_id, nowMs);
        if (waitMs > 0) throw tooManyFailures(waitMs);
        await deps.publisher.publish([eventMessage(bot, rejectedEvent(delivery))]);
        throw new HttpError(401, 'The secret token is missing or wrong.');
      }
      await deps.publisher.publish([
        updateMessage(bot, delivery, body),
        eventMessage(bot, receivedEvent(delivery)),
      ]);
      deps.metrics.deliveries.inc('accepted');
      // The text and not the reply is returned: awaiting a reply costs listeners on its end.
      reply.header('content-type', JSON_TYPE);
      return EMPTY_ANSWER;
    },
  });
  done();
};

function enabledBot(registry: Pick<BotRegistry, 'get'>, botId: string): Bot | HttpError {
  const bot = registry.get(botId);
  if (!bot) return notFound('There is no such bot.');
  return bot.enabled ? bot : forbidden('This bot is disabled.');
}

function jsonBodyOf(request: FastifyRequest): JsonBody {
  if (request.body instanceof JsonBody) return request.body;
  throw new HttpError(415, 'The content type must be application/json.');
}

function readDelivery(
  request: FastifyRequest,
  bot: Bot,
  body: JsonBody,
  receivedAtMs: number,
): Delivery {
  const reading = readUpdate(body.value);
  if (reading.kind === 'bad') throw badRequest(`The body ${reading.problem}.`);
  const { updateId, updateType } = reading.update;
  const ipAddress = clientAddress(request);
  const receivedAt = new Date(receivedAtMs).toISOString();
  return { botId: bot.bot_id, updateId, updateType, receivedAtMs, receivedAt, ipAddress };
}

function presentedSecret(request: FastifyRequest): string | undefined {
  const header = request.headers[SECRET_HEADER];
  return typeof header === 'string' ? header : undefined;
}

function updateMessage(bot: Bot, delivery: Delivery, body: JsonBody): OutgoingMessage {
  const start = updateRecordStart(delivery);
  const value = Buffer.allocUnsafe(start.length + body.bytes.length + UPDATE_RECORD_END.length);
  value.write(start, 0, 'latin1');
  body.bytes.copy(value, start.length);
  value.write(UPDATE_RECORD_END, start.length + body.bytes.length, 'latin1');
  return { topic: UPDATES_TOPIC, key: bot.bot_id, value, headers: UPDATE_HEADERS };
}

/** @param text - ASCII, which is the same in UTF-8 and several times faster to copy as Latin-1 */
function eventMessage(bot: Bot, text: string): OutgoingMessage {
  const value = Buffer.from(text, 'latin1');
  return { topic: EVENTS_TOPIC, key: bot.bot_id, value, headers: EVENT_HEADERS };
}
