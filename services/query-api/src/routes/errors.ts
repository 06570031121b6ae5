/** `/api/errors`: errors by group, what leads, and what people say of a group. */
import {
  ErrorChangeSchema,
  type ErrorGroup,
  ErrorGroupSchema,
  ErrorGroupsSchema,
  errorGroup,
  LeadingCausesSchema,
  MAX_IGNORED_DAYS,
} from '@hookpulse/api/error-groups';
import { EVENT_FILTER_FIELDS, type EventFilter } from '@hookpulse/api/event-filter';
import { ERROR_FINGERPRINT_PATTERN } from '@hookpulse/common/events/error-fingerprint';
import { ERROR_STATES, type ErrorMark } from '@hookpulse/common/events/error-state';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { momentMs } from '@hookpulse/common/values/moment';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { ErrorMarks } from '@hookpulse/topic-tables/errors/error-marks';
import Type, { type Static } from 'typebox';
import { DEFAULT_PAGE_LIMIT, PageLimit, SpanFrom, SpanTo } from '../domain/page-query.ts';
import { type ErrorGroupsRequest, errorGroups } from '../queries/error-groups.ts';
import { leadingCauses } from '../queries/leading-causes.ts';
import { visibleBotsOf } from './auth.ts';
import { badField, givenSpan } from './given-fields.ts';

export interface ErrorRoutesDeps {
  readonly clickhouse: ClickHouseClient;
  readonly marks: ErrorMarks;
  readonly clock: Clock;
}

const PATH = '/api/errors';
const tags = ['errors'];
const config = { bots: 'filtered' } as const;

/** Of a range that has no beginning. */
const DEFAULT_SPAN_MS = DAY_MS;
/** Longer ranges are told by the hour: a line of minutes would be longer than any screen is wide. */
const MAX_MINUTES_SPAN_MS = DAY_MS + HOUR_MS;
/** What groups of some states are picked from. */
const MAX_GROUPS = 1_000;
const SAMPLES = 3;
const SAMPLES_OF_ONE = 10;
/** As the health answers: what fails now. */
const RECENT_MS = 15 * MINUTE_MS;
const LOOK_BACK_MS = DAY_MS;

const { error_fingerprint: _, ...FILTERS_OF_ONE } = EVENT_FILTER_FIELDS;
const Span = { from: SpanFrom, to: SpanTo };
const Query = Type.Object({
  ...EVENT_FILTER_FIELDS,
  ...Span,
  state: Type.Optional(
    Type.Enum(ERROR_STATES, { description: `one of ${ERROR_STATES.join(', ')}` }),
  ),
  limit: PageLimit,
});
const OneQuery = Type.Object({ ...FILTERS_OF_ONE, ...Span });
const Params = Type.Object({
  fingerprint: Type.String({
    pattern: ERROR_FINGERPRINT_PATTERN,
    description: '16 hexadecimal digits',
  }),
});

export function registerErrors(app: HttpApp, deps: ErrorRoutesDeps): void {
  registerGroups(app, deps);
  registerLeading(app, deps);
  registerOne(app, deps);
  registerChange(app, deps);
}

function registerGroups(app: HttpApp, { clickhouse, marks, clock }: ErrorRoutesDeps): void {
  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Errors by group, the most frequent first; by default of the last 24 hours',
        querystring: Query,
        response: { 200: ErrorGroupsSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request) => {
      const { from, to, state, limit = DEFAULT_PAGE_LIMIT, ...filter } = request.query;
      const nowMs = clock.now();
      const span = spanOf({ from, to }, nowMs);
      const asked = { ...span, filter, bots: visibleBotsOf(request.caller), samples: SAMPLES };
      const found = await errorGroups(clickhouse, {
        ...asked,
        limit: state === undefined ? limit : MAX_GROUPS,
      });
      const all = found.groups.map((one) =>
        errorGroup(one, span.stepMs, marks.get(one.fingerprint), nowMs),
      );
      const wanted = state === undefined ? all : all.filter((group) => group.state === state);
      return {
        ...shownSpan(span),
        failures: found.failures,
        total_groups: state === undefined ? found.totalGroups : wanted.length,
        groups: wanted.slice(0, limit),
      };
    },
  );
}

function registerLeading(app: HttpApp, { clickhouse, clock }: ErrorRoutesDeps): void {
  app.get(
    `${PATH}/leading`,
    {
      config,
      schema: {
        tags,
        summary: 'What most failures of each bot come down to in the last 15 minutes',
        querystring: Type.Object({ bot_id: Type.Optional(BotId) }),
        response: { 200: LeadingCausesSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request) => {
      const nowMs = clock.now();
      const causes = await leadingCauses(clickhouse, {
        botId: request.query.bot_id ?? null,
        bots: visibleBotsOf(request.caller),
        recentMs: nowMs - RECENT_MS,
        fromMs: nowMs - LOOK_BACK_MS,
      });
      return { as_of: iso(nowMs), causes };
    },
  );
}

function registerOne(app: HttpApp, deps: ErrorRoutesDeps): void {
  app.get(
    `${PATH}/:fingerprint`,
    {
      config,
      schema: {
        tags,
        summary: 'One group of errors; by default of the last 24 hours',
        params: Params,
        querystring: OneQuery,
        response: {
          200: ErrorGroupSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request) => {
      const { from, to, ...filter } = request.query;
      const nowMs = deps.clock.now();
      return existing(deps, request.params.fingerprint, {
        ...spanOf({ from, to }, nowMs),
        filter,
        bots: visibleBotsOf(request.caller),
      });
    },
  );
}

function registerChange(app: HttpApp, deps: ErrorRoutesDeps): void {
  const { marks } = deps;
  app.patch(
    `${PATH}/:fingerprint`,
    {
      schema: {
        tags,
        summary: 'Resolves a group of errors, ignores it for a while, or takes that back',
        params: Params,
        body: ErrorChangeSchema,
        response: {
          200: ErrorGroupSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request) => {
      const nowMs = deps.clock.now();
      const { fingerprint } = request.params;
      const by = request.caller?.token.name ?? '';
      const mark = markOf(request.body, { fingerprint, by, at: iso(nowMs) }, nowMs);
      // Of all time that is stored: whoever resolves an error may be late.
      const everything = {
        fromMs: 0,
        toMs: nowMs + DAY_MS,
        stepMs: HOUR_MS,
        filter: {},
        bots: null,
      };
      const { last_seen } = await existing(deps, fingerprint, everything);
      if (mark) await marks.put(mark.kind === 'resolved' ? behind(mark, last_seen) : mark);
      else await marks.forget(fingerprint);
      return existing(deps, fingerprint, everything);
    },
  );
}

/** The clock of a bot may be ahead: what it reported already does not bring the group back. */
function behind(mark: ErrorMark, lastSeen: string): ErrorMark {
  return lastSeen > mark.at ? { ...mark, at: lastSeen } : mark;
}

/** @throws HttpError 404 */
async function existing(
  { clickhouse, marks, clock }: ErrorRoutesDeps,
  fingerprint: string,
  asked: Omit<ErrorGroupsRequest, 'limit' | 'samples'>,
): Promise<ErrorGroup> {
  const filter: EventFilter = { ...asked.filter, error_fingerprint: fingerprint };
  const request = { ...asked, filter, limit: 1, samples: SAMPLES_OF_ONE };
  const [found] = (await errorGroups(clickhouse, request)).groups;
  if (!found) throw notFound('There is no such group of errors in this time.');
  return errorGroup(found, asked.stepMs, marks.get(fingerprint), clock.now());
}

/** Null: the group is open. @throws HttpError 400 */
function markOf(
  { state, ignored_until }: Static<typeof ErrorChangeSchema>,
  common: Pick<ErrorMark, 'fingerprint' | 'by' | 'at'>,
  nowMs: number,
): ErrorMark | null {
  if (state === 'ignored') {
    if (ignored_until === undefined) throw badUntil('ignored_until is required with state ignored');
    const untilMs = momentMs(ignored_until);
    if (untilMs <= nowMs) throw badUntil('ignored_until must be in the future');
    if (untilMs > nowMs + MAX_IGNORED_DAYS * DAY_MS) {
      throw badUntil(`ignored_until must be at most ${MAX_IGNORED_DAYS} days ahead`);
    }
    return { ...common, kind: 'ignored', until: iso(untilMs) };
  }
  if (ignored_until !== undefined) throw badUntil('ignored_until requires state ignored');
  return state === 'resolved' ? { ...common, kind: 'resolved' } : null;
}

function badUntil(message: string) {
  return invalidField('ignored_until', message);
}

interface GivenRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

type AskedSpan = Pick<ErrorGroupsRequest, 'fromMs' | 'toMs' | 'stepMs'>;

/** @throws HttpError 400 */
function spanOf({ from, to }: GivenRange, nowMs: number): AskedSpan {
  const given = givenSpan({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  // Up to the end of the millisecond: what was stored by now is told.
  const toMs = given.toMs ?? Math.max(nowMs, given.fromMs ?? 0) + 1;
  const fromMs = given.fromMs ?? Math.max(0, toMs - DEFAULT_SPAN_MS);
  if (fromMs >= toMs) throw badField('from', 'from must be before to');
  return { fromMs, toMs, stepMs: toMs - fromMs > MAX_MINUTES_SPAN_MS ? HOUR_MS : MINUTE_MS };
}

function shownSpan({ fromMs, toMs }: AskedSpan) {
  return { from: iso(fromMs), to: iso(toMs) };
}
