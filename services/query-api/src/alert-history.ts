/** Past and present alerts, from the store's history and the log together. */
import { alertsTold, type KnownAlert, mergeAlerts } from '@hookpulse/api/known-alert';
import { alertKey } from '@hookpulse/common/alerts/alert';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { type AlertFilter, matches, pageOf } from './domain/alert-page.ts';
import { alertPlaces } from './queries/alert-places.ts';
import { storedAlerts } from './queries/stored-alerts.ts';

/**
 * A page of the store, overlaid by what the log tells, which may not be stored yet.
 * @throws StoreError
 */
export async function historyPage(
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
export function toldBy(alerts: AlertStates): KnownAlert[] {
  if (!alerts.isRead) return [];
  return [...alerts.list()].flatMap(alertsTold);
}

/** Its end may have been forgotten by the log before it was stored. */
export function isSuperseded({ botId, rule, alertId, firedAtMs }: KnownAlert, alerts: AlertStates) {
  if (!alerts.isRead) return false;
  const newest = alerts.get(alertKey({ bot_id: botId, rule }))?.transition;
  if (!newest || newest.alert_id === alertId) return false;
  return Date.parse(newest.fired_at) > firedAtMs;
}
