/**
 * `POST /api/events`: what bots report of their own work (contract, section 3). Each event is taken or
 * rejected for itself, and the answer is 202 once the taken ones are durable. An `event_id` makes an
 * event idempotent; one without it gets a new id each time it is sent.
 */

import type { Clock } from '@hookpulse/common/runtime/clock';
import { DAY_MS } from '@hookpulse/common/values/durations';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { eventMessage } from '@hookpulse/event-log/record-headers';
import type { HttpPlugin } from '@hookpulse/service-kit/http/http-app';
import {
  type ErrorDetail,
  type HttpError,
  unauthorized,
  WrongCredentialError,
} from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import Type from 'typebox';
import type { BodyReader } from '../bodies/body-reader.ts';
import { readText } from '../bodies/body-text.ts';
import { refuseEncodings, takeTypes } from '../bodies/body-types.ts';
import {
  type BatchVerdict,
  type JudgedBatch,
  judgeBatch,
  type ReportItem,
} from '../domain/report-batch.ts';
import type { IngestMetrics } from '../metrics.ts';
import { Refusal } from '../refusal.ts';
import { ReporterDirectory } from './reporter.ts';

export interface EventsDeps {
  readonly registry: Pick<BotRegistry, 'get' | 'ownerOfReportToken'>;
  readonly namedTokens?: Pick<NamedTokens, 'use'> | undefined;
  readonly publisher: Pick<EventLog, 'publish'>;
  readonly bodies: BodyReader;
  readonly clock: Clock;
  /** Null: only bots report. */
  readonly adminToken: string | null;
  readonly eventRetentionDays: number;
  readonly metrics: Pick<IngestMetrics, 'reports' | 'reportedEvents' | 'repairedBodies'>;
}

const LINES_TYPES = ['application/x-ndjson', 'application/ndjson'];
const MAX_EVENTS_PER_REPORT = 1_000;

const Query = Type.Object(
  {
    strict: Type.Optional(
      Type.Boolean({ description: 'true or false; true: all events are stored, or none' }),
    ),
  },
  { additionalProperties: false },
);

export const eventsRoute: HttpPlugin<EventsDeps> = (app, deps, done) => {
  const { registry, publisher, bodies, clock, metrics } = deps;
  const reporters = new ReporterDirectory(registry, deps.adminToken, deps.namedTokens);
  takeTypes(app, ['application/json', ...LINES_TYPES]);

  app.route({
    method: 'POST',
    url: '/api/events',
    config: { outcomes: metrics.reports },
    schema: { querystring: Query },
    onRequest: [
      (request, _reply, next) => {
        const reporter = reporters.identify(request.headers.authorization, clock.now());
        if (reporter.kind === 'unknown') return next(tokenNeeded(reporter.isShown));
        if (reporter.kind === 'admin') return next();
        request.bot = registry.get(reporter.botId) ?? null;
        if (request.bot?.enabled) return next();
        next(new Refusal('disabled', 403, 'This bot is disabled.'));
      },
      refuseEncodings,
    ],
    handler: async (request, reply) => {
      const received = await bodies.read(request.raw);
      try {
        const { text, isRepaired } = readText(received);
        const items = itemsOf(text, LINES_TYPES.includes(request.mediaType ?? ''));
        const verdict = judgeBatch(items, {
          nowMs: clock.now(),
          retentionMs: deps.eventRetentionDays * DAY_MS,
          onlyBotId: request.bot?.bot_id ?? null,
          isKnownBot: (botId) => registry.get(botId) !== undefined,
        });
        if (!isTaken(verdict, request.query.strict === true)) {
          metrics.reportedEvents.inc('refused', items.length);
          throw refusalOf(verdict, items.length);
        }
        const { events, rejected } = verdict;
        await publisher.publish(events.map(eventMessage));
        metrics.reports.inc('accepted');
        metrics.reportedEvents.inc('accepted', events.length);
        metrics.reportedEvents.inc('refused', rejected.length);
        if (isRepaired || verdict.isRepaired) metrics.repairedBodies.inc('report');
        return reply.code(202).send({
          accepted: events.length,
          rejected: rejected.map(({ index, message }) => ({ index, error: message })),
        });
      } finally {
        bodies.release(received);
      }
    },
  });
  done();
};

function tokenNeeded(isShown: boolean): HttpError {
  const sentence = 'Authentication required. Send the report token of the bot or the admin token.';
  return isShown ? new WrongCredentialError(sentence) : unauthorized(sentence);
}

/** @throws Refusal */
function itemsOf(text: string, isLines: boolean): readonly ReportItem[] {
  const items = isLines ? linesOf(text) : readReport(text);
  if (items.length === 0) throw invalid('The body contains no events.');
  if (items.length > MAX_EVENTS_PER_REPORT) {
    throw invalid(
      `The body contains ${items.length} events. At most ${MAX_EVENTS_PER_REPORT} are allowed in one request.`,
    );
  }
  return items;
}

/** One value a line; blank lines are left out. */
function linesOf(text: string): readonly ReportItem[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readJson);
}

function readReport(text: string): readonly ReportItem[] {
  const report = readJson(text);
  if (report.kind === 'bad') throw invalid(`The body ${report.problem}.`);
  const values: readonly unknown[] = Array.isArray(report.value) ? report.value : [report.value];
  return values.map((value) => ({ kind: 'json', value }));
}

function readJson(text: string): ReportItem {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'bad', problem: 'is not valid JSON' };
  }
}

/** Whether the good events are stored; otherwise nothing of the report is. */
function isTaken(verdict: BatchVerdict, isStrict: boolean): verdict is JudgedBatch {
  if (verdict.kind === 'foreign') return false;
  return verdict.rejected.length === 0 || (verdict.events.length > 0 && !isStrict);
}

function refusalOf(verdict: BatchVerdict, itemCount: number): Refusal {
  if (verdict.kind === 'foreign') {
    return new Refusal('foreign', 403, 'A report token may only report events of its own bot.', {
      details: verdict.problems,
    });
  }
  const { rejected } = verdict;
  return invalid(
    `${rejected.length} of ${itemCount} events were rejected. None was stored.`,
    rejected,
  );
}

function invalid(sentence: string, details: readonly ErrorDetail[] = []): Refusal {
  return new Refusal('invalid', 400, sentence, { details });
}
