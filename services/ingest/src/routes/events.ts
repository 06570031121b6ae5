/**
 * `POST /api/events`: what bots report of their own work (contract, section 3). A report is stored
 * whole or not at all, and answered 202 once it is durable. An `event_id` makes it idempotent; an
 * event without one gets a new id each time it is sent.
 */
import type { WebhookEvent } from '@hookpulse/common/domain/webhook-event';
import type { HttpPlugin } from '@hookpulse/common/http/http-app';
import {
  badRequest,
  HttpError,
  unauthorized,
  WrongCredentialError,
} from '@hookpulse/common/http/http-error';
import type { OutgoingMessage } from '@hookpulse/common/log/event-log';
import { EVENTS_TOPIC, schemaHeader } from '@hookpulse/common/log/topics';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { IngestMetrics } from '@hookpulse/common/runtime/metrics';
import { judgeBatch, type ReportItem } from '../domain/report-batch.ts';
import { JsonBody, JsonLinesBody, parseJsonBodies, parseJsonLinesBodies } from './json-body.ts';
import type { Publisher } from './publisher.ts';
import { type Reporter, ReporterDirectory } from './reporter.ts';

export interface EventsDeps {
  readonly registry: Pick<BotRegistry, 'get' | 'ownerOfReportToken'>;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Null: only bots report. */
  readonly adminToken: string | null;
  readonly eventRetentionDays: number;
  readonly metrics: Pick<IngestMetrics, 'reports' | 'reportedEvents'>;
}

export const REPORT_PATH = '/api/events';

/** 1 MiB, the contract's bound for every body here: a thousand events of a kilobyte each. */
export const MAX_REPORT_BYTES = 1_048_576;
export const MAX_EVENTS_PER_REPORT = 1_000;

const DAY_MS = 24 * 60 * 60 * 1000;
const EVENT_HEADERS = schemaHeader(EVENTS_TOPIC);

export const eventsRoute: HttpPlugin<EventsDeps> = (app, deps, done) => {
  const reporters = new ReporterDirectory(deps.registry, deps.adminToken);
  parseJsonBodies(app);
  parseJsonLinesBodies(app);
  app.route({
    method: 'POST',
    url: REPORT_PATH,
    bodyLimit: MAX_REPORT_BYTES,
    // Before the body is read.
    onRequest: (request, _reply, next) => {
      const reporter = reporters.identify(request.headers.authorization, deps.clock.now());
      next(reporter.kind === 'unknown' ? tokenNeeded(reporter.isShown) : undefined);
    },
    handler: async (request, reply) => {
      const reporter = reporters.identify(request.headers.authorization, deps.clock.now());
      const events = acceptedEvents(itemsOf(request.body), reporter, deps);
      await deps.publisher.publish(events.map(eventMessage));
      deps.metrics.reports.inc('accepted');
      deps.metrics.reportedEvents.inc('accepted', events.length);
      return reply.code(202).send({ accepted: events.length });
    },
  });
  done();
};

function tokenNeeded(isShown: boolean): HttpError {
  const sentence = 'A report token of the bot or the admin token is needed.';
  return isShown ? new WrongCredentialError(sentence) : unauthorized(sentence);
}

function itemsOf(body: unknown): readonly ReportItem[] {
  const items = readItems(body);
  if (items.length === 0) throw badRequest('The body holds no event.');
  if (items.length > MAX_EVENTS_PER_REPORT) {
    throw badRequest(
      `The body holds ${items.length} events; at most ${MAX_EVENTS_PER_REPORT} are taken at once.`,
    );
  }
  return items;
}

function readItems(body: unknown): readonly ReportItem[] {
  if (body instanceof JsonLinesBody) return body.lines;
  if (!(body instanceof JsonBody)) {
    throw new HttpError(415, 'The content type must be application/json or application/x-ndjson.');
  }
  const values: readonly unknown[] = Array.isArray(body.value) ? body.value : [body.value];
  return values.map((value) => ({ kind: 'json', value }));
}

/** @throws HttpError unless all of them are. */
function acceptedEvents(
  items: readonly ReportItem[],
  reporter: Reporter,
  deps: EventsDeps,
): readonly WebhookEvent[] {
  if (reporter.kind === 'unknown') throw tokenNeeded(reporter.isShown);
  const verdict = judgeBatch(items, {
    nowMs: deps.clock.now(),
    retentionMs: deps.eventRetentionDays * DAY_MS,
    onlyBotId: reporter.kind === 'bot' ? reporter.botId : null,
    isKnownBot: (botId) => deps.registry.get(botId) !== undefined,
  });
  if (verdict.kind !== 'accepted') deps.metrics.reportedEvents.inc('refused', items.length);
  switch (verdict.kind) {
    case 'accepted':
      return verdict.events;
    case 'foreign':
      throw new HttpError(403, 'A report token is for events of its own bot only.', {
        details: verdict.problems,
      });
    case 'bad':
      throw badRequest(
        `${verdict.problems.length} of ${items.length} events cannot be taken; none was stored.`,
        verdict.problems,
      );
    default:
      return verdict satisfies never;
  }
}

function eventMessage(event: WebhookEvent): OutgoingMessage {
  return {
    topic: EVENTS_TOPIC,
    key: event.bot_id,
    value: JSON.stringify(event),
    headers: EVENT_HEADERS,
  };
}
