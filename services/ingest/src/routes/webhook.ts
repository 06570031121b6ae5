/**
 * `POST /webhook/<bot_id>`: what Telegram calls (contract, section 3). The secret is checked before
 * the body is read; whatever Telegram sends with the right one is taken. The answer is 200 only after
 * the log has acknowledged both the update and its `received` event. Never 410: Telegram deletes a
 * webhook that answers it for a day.
 */

import { isHeld } from '@hookpulse/common/bots/adoption';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { eventHeaders, updateHeaders } from '@hookpulse/event-log/record-headers';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { clientAddress } from '@hookpulse/service-kit/http/client-address';
import type { FailureBudget } from '@hookpulse/service-kit/http/failure-budget';
import type { HttpPlugin } from '@hookpulse/service-kit/http/http-app';
import { tooManyFailures } from '@hookpulse/service-kit/http/http-error';
import type { Exemplars } from '@hookpulse/service-kit/metrics/exemplars';
import { ACKNOWLEDGE_BUCKETS } from '@hookpulse/service-kit/metrics/metrics';
import {
  type Span,
  TRACEPARENT_HEADER,
  type Tracer,
} from '@hookpulse/service-kit/telemetry/tracer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BodyReader } from '../bodies/body-reader.ts';
import { type BodyText, readText } from '../bodies/body-text.ts';
import { refuseEncodings, takeTypes } from '../bodies/body-types.ts';
import {
  type Delivery,
  type EventText,
  forgedEvent,
  invalidUpdateEvent,
  receivedEvent,
  UPDATE_RECORD_END,
  updateRecordStart,
} from '../domain/delivery.ts';
import { readUpdate, type Update } from '../domain/update.ts';
import { ACKNOWLEDGE_METRIC, type IngestMetrics } from '../metrics.ts';
import { Refusal } from '../refusal.ts';
import { SignatureFailures } from './signature-failures.ts';
import { WebhookSecrets } from './webhook-secret.ts';

export interface WebhookDeps {
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly publisher: Pick<EventLog, 'publish'>;
  readonly bodies: BodyReader;
  readonly clock: Clock;
  /** Of wrong secrets. */
  readonly failures: FailureBudget;
  /** Processes that share the port. */
  readonly processes: number;
  /** Null: nothing is traced. */
  readonly tracer: Tracer | null;
  readonly exemplars: Exemplars;
  readonly metrics: Pick<IngestMetrics, 'deliveries' | 'botDeliveries' | 'repairedBodies'>;
}

/** Set by `setWebhook` (https://core.telegram.org/bots/api#setwebhook, `secret_token`). */
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

const EMPTY_ANSWER = '{}';
const JSON_TYPE = 'application/json; charset=utf-8';

interface Arrival {
  readonly request: FastifyRequest;
  readonly reply: Pick<FastifyReply, 'header'>;
  readonly botId: string;
}

export const webhookRoute: HttpPlugin<WebhookDeps> = (app, deps, done) => {
  const { registry, publisher, bodies, clock, metrics } = deps;
  const secrets = new WebhookSecrets();
  const failures = new SignatureFailures(deps.failures, deps.processes);
  let stamp = { atMs: Number.NaN, at: '' };
  takeTypes(app, ['application/json']);

  app.route<{ Params: { botId: string } }>({
    method: 'POST',
    url: '/webhook/:botId',
    config: { outcomes: metrics.deliveries, botOutcomes: metrics.botDeliveries },
    onRequest: [
      (request, _reply, next) => {
        const bot = registry.get(request.params.botId);
        if (!bot) return next(new Refusal('unknown_bot', 404, 'There is no bot with this bot_id.'));
        request.bot = bot;
        if (!bot.enabled) return next(new Refusal('disabled', 403, 'This bot is disabled.'));
        if (secrets.matches(bot, presentedSecret(request), clock.now())) {
          return isHeld(bot.adoption, clock.now()) ? next(heldBack()) : next();
        }
        const waitMs = failures.take(request, bot.bot_id, clock.now());
        if (waitMs > 0) return next(tooManyFailures(waitMs));
        refuseForgery(request, bot).then(next, next);
      },
      refuseEncodings,
    ],
    handler: (request, reply) => {
      const { botId } = request.params;
      const span = deps.tracer && startSpan(deps.tracer, request, botId);
      return span
        ? acceptTraced({ request, reply, botId }, span)
        : accept({ request, reply, botId }, null);
    },
  });
  done();

  async function acceptTraced(arrival: Arrival, span: Span): Promise<string> {
    arrival.request.span = span;
    try {
      const answer = await accept(arrival, span);
      span.set({ 'http.response.status_code': 200 });
      return answer;
    } catch (error) {
      span.fail(error instanceof Error ? error.name : 'Error');
      throw error;
    } finally {
      span.end();
    }
  }

  async function accept({ request, reply, botId }: Arrival, span: Span | null): Promise<string> {
    const received = await bodies.read(request.raw);
    try {
      const delivery = deliveryOf(request, botId);
      const body = readText(received);
      const reading = readUpdate(body.text);
      if (reading.kind === 'bad') {
        const event = invalidUpdateEvent(delivery, received, reading.problem);
        await publisher.publish([eventMessage(delivery, event)]);
        throw new Refusal('invalid', 400, reading.problem);
      }
      const event = receivedEvent(delivery, reading.update);
      const published = [updateMessage(delivery, event.id, body), eventMessage(delivery, event)];
      await (span ? publishTraced(published, span, reading.update) : publisher.publish(published));
      metrics.deliveries.inc('accepted');
      metrics.botDeliveries.inc(botId, 'accepted');
      if (body.isRepaired) metrics.repairedBodies.inc('delivery');
      // The text and not the reply is returned: awaiting a reply costs listeners on its end.
      reply.header('content-type', JSON_TYPE);
      return EMPTY_ANSWER;
    } finally {
      bodies.release(received);
    }
  }

  async function publishTraced(
    messages: readonly OutgoingMessage[],
    span: Span,
    { updateId, updateType }: Update,
  ): Promise<void> {
    span.set({ 'hookpulse.update_id': updateId, 'hookpulse.update_type': updateType ?? 'none' });
    const { traceparent } = span;
    const startedMs = performance.now();
    await publisher.publish(
      messages.map((message) => ({ ...message, headers: { ...message.headers, traceparent } })),
    );
    const seconds = (performance.now() - startedMs) / 1_000;
    deps.exemplars.note(ACKNOWLEDGE_METRIC, ACKNOWLEDGE_BUCKETS, seconds, span, clock.now());
  }

  async function refuseForgery(request: FastifyRequest, bot: Bot): Promise<Refusal> {
    const delivery = deliveryOf(request, bot.bot_id);
    await publisher.publish([eventMessage(delivery, forgedEvent(delivery))]);
    return new Refusal('invalid_signature', 401, 'The secret token is missing or wrong.');
  }

  function deliveryOf(request: FastifyRequest, botId: string): Delivery {
    const nowMs = clock.now();
    // Many requests come within a millisecond.
    if (nowMs !== stamp.atMs) stamp = { atMs: nowMs, at: iso(nowMs) };
    const ipAddress = clientAddress(request);
    return { botId, receivedAtMs: nowMs, receivedAt: stamp.at, ipAddress };
  }
};

/** Telegram keeps the update, and delivers it to the bot's own webhook once that is set. */
function heldBack(): Refusal {
  return new Refusal('held', 503, 'This bot is being released. Deliver the update again.', {
    headers: { 'retry-after': '1' },
  });
}

function startSpan(tracer: Tracer, { headers }: FastifyRequest, botId: string): Span | null {
  const parent = headers[TRACEPARENT_HEADER];
  return tracer.start({
    name: 'POST /webhook/:bot_id',
    kind: 'server',
    parent: typeof parent === 'string' ? parent : null,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/webhook/:bot_id',
      'hookpulse.bot_id': botId,
    },
  });
}

function presentedSecret(request: FastifyRequest): string | undefined {
  const header = request.headers[SECRET_HEADER];
  return typeof header === 'string' ? header : undefined;
}

/** @param id - of the event that tells of it */
function updateMessage(delivery: Delivery, id: string, { bytes }: BodyText): OutgoingMessage {
  const start = updateRecordStart(delivery);
  const value = Buffer.allocUnsafe(start.length + bytes.length + UPDATE_RECORD_END.length);
  value.write(start, 0, 'latin1');
  bytes.copy(value, start.length);
  value.write(UPDATE_RECORD_END, start.length + bytes.length, 'latin1');
  const { botId, receivedAt } = delivery;
  const headers = updateHeaders(id, botId, receivedAt);
  return { topic: UPDATES_TOPIC, key: botId, value, headers };
}

function eventMessage({ botId, receivedAt }: Delivery, { id, text }: EventText): OutgoingMessage {
  // ASCII, which is the same in UTF-8 and several times faster to copy as Latin-1.
  const value = Buffer.from(text, 'latin1');
  const headers = eventHeaders('received', id, botId, receivedAt);
  return { topic: EVENTS_TOPIC, key: botId, value, headers };
}
