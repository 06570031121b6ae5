/** `GET /api/events`: the stored events, page by page, and one in full (contract, section 6). */

import { EVENT_FILTER_FIELDS } from '@hookpulse/api/event-filter';
import { NextCursor } from '@hookpulse/api/next-cursor';
import { EventId, WebhookEventSchema } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import Type from 'typebox';
import { cursorOf, placeOf, placeOfCursor } from '../domain/event-page.ts';
import {
  DEFAULT_PAGE_LIMIT,
  PageCursor,
  PageLimit,
  SpanFrom,
  SpanTo,
} from '../domain/page-query.ts';
import { eventById } from '../queries/event-by-id.ts';
import { storedEvents } from '../queries/stored-events.ts';
import { visibleBotsOf } from './auth.ts';
import { givenCursor, givenSpan } from './given-fields.ts';

export interface EventRoutesDeps {
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
}

const tags = ['events'];

const Query = Type.Object({
  ...EVENT_FILTER_FIELDS,
  from: SpanFrom,
  to: SpanTo,
  limit: PageLimit,
  cursor: PageCursor,
});

const EventsSchema = Type.Object({
  events: Type.Array(WebhookEventSchema, { description: 'newest first, by event time' }),
  next_cursor: NextCursor,
});

const Params = Type.Object({ event_id: EventId });

export function registerEvents(app: HttpApp, { clickhouse, clock }: EventRoutesDeps): void {
  app.get(
    '/api/events',
    {
      config: { bots: 'filtered' },
      schema: {
        tags,
        summary: 'Stored events, newest first',
        querystring: Query,
        response: { 200: EventsSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request) => {
      const { from, to, limit = DEFAULT_PAGE_LIMIT, cursor, ...filter } = request.query;
      const span = givenSpan(request.query);
      const after = givenCursor(cursor, placeOfCursor);
      const asked = { filter, bots: visibleBotsOf(request.caller), ...span, after };
      const found = await storedEvents(clickhouse, asked, limit + 1, clock.now());
      const events = found.slice(0, limit);
      const last = events.at(-1);
      const next_cursor = last && found.length > limit ? cursorOf(placeOf(last)) : null;
      return { events, next_cursor };
    },
  );

  app.get(
    '/api/events/:event_id',
    {
      config: { bots: 'filtered' },
      schema: {
        tags,
        summary: 'One event in full',
        params: Params,
        response: {
          200: WebhookEventSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request) => {
      const bots = visibleBotsOf(request.caller);
      const event = await eventById(clickhouse, request.params.event_id, bots);
      if (!event) {
        throw notFound('There is no event with this event_id, or it is past the retention.');
      }
      return event;
    },
  );
}
