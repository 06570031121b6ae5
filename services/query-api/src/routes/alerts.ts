/** `GET /api/alerts`: alerts that fire and that have fired (contract, section 6). */
import type { AlertBoard } from '@hookpulse/common/alerts/alert-board';
import type { AlertControls } from '@hookpulse/common/alerts/alert-controls';
import type { ClickHouseClient } from '@hookpulse/common/clickhouse/open-client';
import { alertKey } from '@hookpulse/common/domain/alerts/alert';
import { BotId } from '@hookpulse/common/domain/webhook-event';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { badRequest, ErrorBodySchema, unavailable } from '@hookpulse/common/http/http-error';
import type { Clock } from '@hookpulse/common/runtime/clock';
import Type, { type Static } from 'typebox';
import { type AlertFilter, matches, pageOf, placeOfCursor } from '../domain/alert-page.ts';
import { AlertStateName, AlertViewSchema, alertView } from '../domain/alert-view.ts';
import { alertsTold, type KnownAlert, mergeAlerts } from '../domain/known-alert.ts';
import { RuleName } from '../domain/rule-name.ts';
import { alertPlaces } from '../queries/alert-places.ts';
import { storedAlerts } from '../queries/stored-alerts.ts';

export interface AlertRoutesDeps {
  readonly clickhouse: ClickHouseClient;
  readonly controls: AlertControls;
  /** Null until it could be read. */
  readonly alerts: { readonly board: AlertBoard | null };
  readonly clock: Clock;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const Time = { format: 'date-time' } as const;
const Query = Type.Object({
  bot_id: Type.Optional(BotId),
  rule: Type.Optional(RuleName),
  state: Type.Optional(AlertStateName),
  from: Type.Optional(
    Type.String({
      ...Time,
      description: 'ISO 8601 such as 2026-02-10T20:00:00Z; what fired earlier is left out',
    }),
  ),
  to: Type.Optional(
    Type.String({
      ...Time,
      description: 'ISO 8601 such as 2026-02-10T20:00:00Z; what fired then or later is left out',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_LIMIT,
      description: `a whole number from 1 to ${MAX_LIMIT}; default ${DEFAULT_LIMIT}`,
    }),
  ),
  cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before' })),
});

const AlertsSchema = Type.Object({
  alerts: Type.Array(AlertViewSchema, { description: 'the newest fired first' }),
  next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null: there are no more' }),
});

export function registerAlerts(app: HttpApp, deps: AlertRoutesDeps): void {
  app.get(
    '/api/alerts',
    {
      schema: {
        tags: ['alerts'],
        summary: 'Alerts that fire and that have fired, the newest first',
        querystring: Query,
        response: { 200: AlertsSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request) => {
      const { limit = DEFAULT_LIMIT } = request.query;
      const filter = filterOf(request.query);
      const { board } = deps.alerts;
      const told = toldBy(board);
      const { state } = filter;
      if (state === 'firing' && !board) {
        throw unavailable('The alerts have not been read from the log yet; try again.');
      }
      const { alerts, nextCursor } =
        state === 'firing'
          ? pageOf(
              told.filter((alert) => matches(alert, filter)),
              limit,
            )
          : await historyPage(deps.clickhouse, told, { ...filter, state }, limit);
      const moment = { silences: deps.controls.silences(), nowMs: deps.clock.now() };
      return {
        alerts: alerts.map((alert) => alertView(alert, isSuperseded(alert, board), moment)),
        next_cursor: nextCursor,
      };
    },
  );
}

/** Of the store, overlaid by what the board knows, which may not be stored yet. */
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

function toldBy(board: AlertBoard | null): KnownAlert[] {
  if (!board) return [];
  return [...board.list()].flatMap(({ transition, receipt }) => alertsTold(transition, receipt));
}

/** Its end may have been forgotten by the log before it was stored. */
function isSuperseded({ botId, rule, alertId, firedAtMs }: KnownAlert, board: AlertBoard | null) {
  const newest = board?.get(alertKey({ bot_id: botId, rule }))?.transition;
  if (!newest || newest.alert_id === alertId) return false;
  return Date.parse(newest.fired_at) > firedAtMs;
}

/** @throws HttpError 400 */
function filterOf({ bot_id, rule, state, from, to, cursor }: Static<typeof Query>): AlertFilter {
  const fromMs = from === undefined ? 0 : Date.parse(from);
  const toMs = to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to);
  if (fromMs >= toMs) throw badRequest('from must be before to.');
  const after = cursor === undefined ? null : placeOfCursor(cursor);
  if (cursor !== undefined && !after) {
    throw badRequest('The query is not as this route takes it.', [
      { field: 'cursor', message: 'cursor must be the next_cursor of an answer' },
    ]);
  }
  return {
    botId: bot_id ?? null,
    rule: rule ?? null,
    state: state ?? null,
    fromMs,
    toMs,
    after,
  };
}
