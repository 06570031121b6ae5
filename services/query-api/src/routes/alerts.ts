/** `GET /api/alerts`: alerts that fire and that have fired (contract, section 6). */

import type { VisibleBots } from '@hookpulse/api/access';
import { AlertStateName, AlertViewSchema, alertView } from '@hookpulse/api/alert-view';
import { alertsTold, type KnownAlert, mergeAlerts } from '@hookpulse/api/known-alert';
import { RuleName } from '@hookpulse/api/rule-name';
import { alertKey } from '@hookpulse/common/alerts/alert';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { END_OF_STORABLE_TIME_MS } from '@hookpulse/common/values/moment';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import Type, { type Static } from 'typebox';
import { type AlertFilter, matches, pageOf, placeOfCursor } from '../domain/alert-page.ts';
import {
  DEFAULT_PAGE_LIMIT,
  NextCursor,
  PageCursor,
  PageLimit,
  SpanFrom,
  SpanTo,
} from '../domain/page-query.ts';
import { alertPlaces } from '../queries/alert-places.ts';
import { storedAlerts } from '../queries/stored-alerts.ts';
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

const AlertsSchema = Type.Object({
  alerts: Type.Array(AlertViewSchema, { description: 'newest first, by the time they fired' }),
  next_cursor: NextCursor,
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

/** Of the store, overlaid by what the log tells, which may not be stored yet. */
async function historyPage(
  clickhouse: ClickHouseClient,
  told: readonly KnownAlert[],
  filter: AlertFilter & { readonly state: 'resolved' | null },
  limit: number,
): Promise<{ alerts: readonly KnownAlert[]; nextCursor: string | null }> {
  const toldById = new Map(told.map((alert) => [alert.alertId, alert]));
  const matching = told.filter((alert) => matches(alert, filter));
  const stored = await alertPlaces(clickhouse, filter, limit + 1);
  const places = new Map([...stored, ...matching].map((place) => [place.alertId, place]));
  const { alerts, nextCursor } = pageOf([...places.values()], limit);
  const history = await storedAlerts(clickhouse, alerts);
  return {
    alerts: alerts.flatMap(({ alertId }) => {
      const [older, newer] = [history.get(alertId), toldById.get(alertId)];
      return (older && newer ? mergeAlerts(older, newer) : (newer ?? older)) ?? [];
    }),
    nextCursor,
  };
}

/** Nothing while it has not been read: the history is answered without it. */
function toldBy(alerts: AlertStates): KnownAlert[] {
  if (!alerts.isRead) return [];
  return [...alerts.list()].flatMap(alertsTold);
}

/** Its end may have been forgotten by the log before it was stored. */
function isSuperseded({ botId, rule, alertId, firedAtMs }: KnownAlert, alerts: AlertStates) {
  if (!alerts.isRead) return false;
  const newest = alerts.get(alertKey({ bot_id: botId, rule }))?.transition;
  if (!newest || newest.alert_id === alertId) return false;
  return Date.parse(newest.fired_at) > firedAtMs;
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
