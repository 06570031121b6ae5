/** `GET /api/metrics/hourly`: counts and latencies by minute, hour or day, as JSON or CSV (contract, section 6). */

import { Readable } from 'node:stream';
import type { VisibleBots } from '@hookpulse/api/access';
import {
  cursorOfMetrics,
  METRICS_UNITS,
  type MetricsPlace,
  type MetricsRow,
  MetricsRowSchema,
  type MetricsUnit,
  MINUTES_BACK_MS,
  metricsPlaceOfCursor,
  UNIT_MS,
} from '@hookpulse/api/metrics-row';
import { NextCursor } from '@hookpulse/api/next-cursor';
import { MAX_CLOCK_SKEW_MS } from '@hookpulse/common/events/log-time';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import { windowStart } from '@hookpulse/common/windows/window';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, forbidden } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  DEFAULT_PAGE_LIMIT,
  PageCursor,
  PageLimit,
  SpanFrom,
  SpanTo,
} from '../domain/page-query.ts';
import { createFleetHistory, type FleetHistory } from '../fleet-history.ts';
import { botMetrics, type MetricsRequest } from '../queries/bot-metrics.ts';
import { type MinutesRequest, minuteMetrics } from '../queries/minute-metrics.ts';
import { visibleBotsOf } from './auth.ts';
import { badField, givenCursor, givenSpan } from './given-fields.ts';

export interface MetricsRoutesDeps {
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
}

const GROUPS = ['bot', 'fleet'] as const;
const FORMATS = ['json', 'csv'] as const;

const Query = Type.Object({
  bot_id: Type.Optional(BotId),
  group: Type.Optional(
    Type.Enum(GROUPS, { description: 'bot (default) or fleet: all bots together' }),
  ),
  by: Type.Optional(
    Type.Enum(METRICS_UNITS, {
      description:
        'hour (default) or day, in UTC; minute: of the last 25 hours, of one bot (bot_id) or of the fleet (group=fleet, without percentiles)',
    }),
  ),
  from: SpanFrom,
  to: SpanTo,
  limit: PageLimit,
  cursor: PageCursor,
  format: Type.Optional(
    Type.Enum(FORMATS, { description: 'json (default) or csv; or send Accept: text/csv' }),
  ),
});

const MetricsSchema = Type.Object({
  metrics: Type.Array(MetricsRowSchema, {
    description: 'newest first; minutes, hours or days without events have no row',
  }),
  next_cursor: NextCursor,
});

const CSV_COLUMNS = Object.keys(MetricsRowSchema.properties) as readonly (keyof MetricsRow)[];

/** RFC 4180, for spreadsheets: a header, then a line for each row. */
const CSV_HEADER = `${CSV_COLUMNS.join(',')}\r\n`;

/** Rows that a download asks the store for at once. */
const DOWNLOAD_PAGE_ROWS = 5_000;

interface FleetRequest {
  readonly unit: MetricsUnit;
  /** Half-open, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after it. */
  readonly after: MetricsPlace | null;
}

/** What a page is of: one bot's minutes, the hours or days of bots, or all bots together. */
type RowsRequest =
  | ({ readonly kind: 'minutes' } & MinutesRequest)
  | ({ readonly kind: 'bot' } & MetricsRequest)
  | ({ readonly kind: 'fleet' } & FleetRequest);

export function registerMetrics(app: HttpApp, { clickhouse, clock }: MetricsRoutesDeps): void {
  const fleet = createFleetHistory(clickhouse);

  app.get(
    '/api/metrics/hourly',
    {
      config: { bots: 'filtered' },
      schema: {
        tags: ['metrics'],
        summary:
          'Counts, rates and latencies by minute, hour or day, of each bot or of all, newest first',
        produces: ['application/json', 'text/csv'],
        querystring: Query,
        response: {
          200: MetricsSchema,
          400: ErrorBodySchema,
          403: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const asked = requestOf(request.query, visibleBotsOf(request.caller), clock.now());
      const { limit, format } = request.query;
      const read = (place: MetricsPlace | null, count: number) =>
        pageOf({ ...asked, after: place }, count, clickhouse, fleet);
      if ((format ?? formatOf(request.headers.accept)) === 'csv') {
        // The first page before the answer begins: what fails there is still an error answer.
        const first = await read(
          asked.after,
          Math.min(limit ?? DOWNLOAD_PAGE_ROWS, DOWNLOAD_PAGE_ROWS),
        );
        const isWhole = limit !== undefined || request.method === 'HEAD';
        const pages = csvPages(first, isWhole ? null : read);
        return sendFile(reply, fileName(request.query), Readable.from(pages));
      }
      const wanted = limit ?? DEFAULT_PAGE_LIMIT;
      const found = await read(asked.after, wanted + 1);
      const metrics = found.slice(0, wanted);
      const last = metrics.at(-1);
      const next_cursor = last && found.length > wanted ? cursorOfMetrics(placeOf(last)) : null;
      return { metrics, next_cursor };
    },
  );
}

/** Whole minutes, hours or days, none of which is yet to come. @throws HttpError 400 */
function requestOf(query: Static<typeof Query>, bots: VisibleBots, nowMs: number): RowsRequest {
  const { bot_id, group = 'bot', by = 'hour', cursor } = query;
  if (group === 'fleet' && bot_id !== undefined) {
    throw badField('group', 'group must be bot when bot_id is given');
  }
  if (group === 'fleet' && bots) {
    throw forbidden('This token is restricted to some bots: group must be bot.');
  }
  const { fromMs, toMs } = givenSpan(query);
  const unitMs = UNIT_MS[by];
  const lastMs = Math.min(toMs ?? Number.POSITIVE_INFINITY, nowMs + MAX_CLOCK_SKEW_MS);
  const after = givenCursor(cursor, metricsPlaceOfCursor);
  const toEndMs = windowStart(lastMs + unitMs - 1, unitMs);
  const firstMs =
    by === 'minute'
      ? firstMinute(fromMs, nowMs, after !== null)
      : windowStart(Math.max(0, fromMs ?? 0), unitMs);
  const span = { fromMs: firstMs, toMs: toEndMs, after };
  if (group === 'fleet') return { kind: 'fleet', unit: by, ...span };
  if (by !== 'minute') return { kind: 'bot', unit: by, botId: bot_id ?? null, bots, ...span };
  if (bot_id === undefined) throw badField('by', 'by=minute needs bot_id, or group=fleet');
  return { kind: 'minutes', botId: bot_id, ...span };
}

/**
 * Without a beginning: as far back as there are minutes. A later page begins there too, since minutes
 * of its `from` have gone meanwhile.
 * @throws HttpError 400
 */
function firstMinute(fromMs: number | null, nowMs: number, isLaterPage: boolean): number {
  const oldestMs = windowStart(nowMs - MINUTES_BACK_MS, UNIT_MS.minute);
  if (fromMs !== null && fromMs < oldestMs) {
    if (isLaterPage) return oldestMs;
    throw badField(
      'from',
      `from must be ${iso(oldestMs)} or later with by=minute: minutes are kept for a day. Use by=hour for longer ranges`,
    );
  }
  return windowStart(fromMs ?? oldestMs, UNIT_MS.minute);
}

async function pageOf(
  request: RowsRequest,
  limit: number,
  clickhouse: ClickHouseClient,
  fleet: FleetHistory,
): Promise<MetricsRow[]> {
  switch (request.kind) {
    case 'minutes':
      return minuteMetrics(clickhouse, request, limit);
    case 'bot':
      return botMetrics(clickhouse, request, limit);
    case 'fleet': {
      const toMs = Math.min(request.toMs, request.after?.startMs ?? Number.POSITIVE_INFINITY);
      return request.fromMs >= toMs ? [] : fleet.page(request.unit, { ...request, toMs }, limit);
    }
    default:
      return request satisfies never;
  }
}

/** The reply of any route: a file is not what the schema of its JSON says. */
function sendFile(reply: FastifyReply, name: string, content: Readable): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(content);
}

/** @param read - null: the first page is all that is wanted */
async function* csvPages(
  first: readonly MetricsRow[],
  read: ((after: MetricsPlace, count: number) => Promise<MetricsRow[]>) | null,
): AsyncGenerator<string> {
  yield CSV_HEADER;
  let page = first;
  for (;;) {
    yield page.map(csvLine).join('');
    const last = page.at(-1);
    if (!read || !last || page.length < DOWNLOAD_PAGE_ROWS) return;
    page = await read(placeOf(last), DOWNLOAD_PAGE_ROWS);
  }
}

function placeOf({ start, bot_id }: MetricsRow): MetricsPlace {
  return { startMs: Date.parse(start), botId: bot_id ?? '' };
}

function formatOf(accept: string | undefined): (typeof FORMATS)[number] {
  return accept !== undefined && /(^|,)\s*text\/csv\b/i.test(accept) ? 'csv' : 'json';
}

function fileName({ bot_id, group, by = 'hour' }: Static<typeof Query>): string {
  const whose = bot_id ?? (group === 'fleet' ? 'fleet' : 'bots');
  return `hookpulse-${whose}-by-${by}.csv`;
}

/** No value needs quotes: they are numbers, times, ids and rates. What is null is empty. */
function csvLine(row: MetricsRow): string {
  return `${CSV_COLUMNS.map((name) => row[name] ?? '').join(',')}\r\n`;
}
