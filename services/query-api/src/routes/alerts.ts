/** `GET /api/alerts`: alerts that fire and that have fired (contract, section 6). */

import type { VisibleBots } from '@hookpulse/api/access';
import { AlertStateName, AlertsSchema, alertView } from '@hookpulse/api/alert-view';
import { RuleName } from '@hookpulse/api/rule-name';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { END_OF_STORABLE_TIME_MS } from '@hookpulse/common/values/moment';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import Type, { type Static } from 'typebox';
import { historyPage, isSuperseded, toldBy } from '../alert-history.ts';
import { type AlertFilter, matches, pageOf, placeOfCursor } from '../domain/alert-page.ts';
import {
  DEFAULT_PAGE_LIMIT,
  PageCursor,
  PageLimit,
  SpanFrom,
  SpanTo,
} from '../domain/page-query.ts';
import { visibleBotsOf } from './auth.ts';
import { givenCursor, givenSpan } from './given-fields.ts';

export interface AlertRoutesDeps {
  readonly clickhouse: ClickHouseClient;
  readonly controls: AlertControls;
  readonly alerts: AlertStates;
  readonly clock: Clock;
}

const Query = Type.Object({
  bot_id: Type.Optional(BotId),
  rule: Type.Optional(RuleName),
  state: Type.Optional(AlertStateName),
  from: SpanFrom,
  to: SpanTo,
  limit: PageLimit,
  cursor: PageCursor,
});

export function registerAlerts(app: HttpApp, deps: AlertRoutesDeps): void {
  app.get(
    '/api/alerts',
    {
      config: { bots: 'filtered' },
      schema: {
        tags: ['alerts'],
        summary: 'Firing and past alerts, newest first',
        querystring: Query,
        response: { 200: AlertsSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request) => {
      const { limit = DEFAULT_PAGE_LIMIT } = request.query;
      const filter = filterOf(request.query, visibleBotsOf(request.caller));
      const { state } = filter;
      if (state === 'firing') deps.alerts.assertRead();
      const told = toldBy(deps.alerts);
      const { alerts, nextCursor } =
        state === 'firing'
          ? pageOf(
              told.filter((alert) => matches(alert, filter)),
              limit,
            )
          : await historyPage(deps.clickhouse, told, { ...filter, state }, limit);
      const moment = { silences: deps.controls.silences(), nowMs: deps.clock.now() };
      return {
        alerts: alerts.map((alert) => alertView(alert, isSuperseded(alert, deps.alerts), moment)),
        next_cursor: nextCursor,
      };
    },
  );
}

/** @throws HttpError 400 */
function filterOf(query: Static<typeof Query>, bots: VisibleBots): AlertFilter {
  const { bot_id, rule, state, cursor } = query;
  const { fromMs, toMs } = givenSpan(query);
  return {
    botId: bot_id ?? null,
    bots,
    rule: rule ?? null,
    state: state ?? null,
    fromMs: fromMs ?? 0,
    toMs: toMs ?? END_OF_STORABLE_TIME_MS,
    after: givenCursor(cursor, placeOfCursor),
  };
}
