/** A page of alerts, newest first, by the time they fired: which belong to it, and where the next one begins. */
import { isVisible, type VisibleBots } from '@hookpulse/api/access';
import { isResolved, type KnownAlert } from '@hookpulse/api/known-alert';

export interface AlertFilter {
  /** Null: any. */
  readonly botId: string | null;
  /** Only alerts of these. */
  readonly bots: VisibleBots;
  readonly rule: string | null;
  readonly state: 'firing' | 'resolved' | null;
  /** When it fired: from the first on and before the second, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after it. */
  readonly after: AlertPlace | null;
}

/** The place of an alert in the order of the answer. */
export interface AlertPlace {
  readonly firedAtMs: number;
  readonly alertId: string;
}

export interface AlertPage<Place extends AlertPlace> {
  readonly alerts: readonly Place[];
  /** Null: there is nothing after it. */
  readonly nextCursor: string | null;
}

/** @param alerts - all that belong to the page or come after it, in any order, each once */
export function pageOf<Place extends AlertPlace>(
  alerts: readonly Place[],
  limit: number,
): AlertPage<Place> {
  const page = alerts.toSorted(newestFirst).slice(0, limit);
  const last = page.at(-1);
  return { alerts: page, nextCursor: last && alerts.length > limit ? cursorOf(last) : null };
}

export function matches(alert: KnownAlert, filter: AlertFilter): boolean {
  const { botId, bots, rule, state, fromMs, toMs, after } = filter;
  return (
    (botId === null || alert.botId === botId) &&
    isVisible(bots, alert.botId) &&
    (rule === null || alert.rule === rule) &&
    (state === null || isResolved(alert) === (state === 'resolved')) &&
    alert.firedAtMs >= fromMs &&
    alert.firedAtMs < toMs &&
    (after === null || newestFirst(after, alert) < 0)
  );
}

/** Null: it is none that was given out. */
export function placeOfCursor(cursor: string): AlertPlace | null {
  const match = /^(\d{1,15})-(.+)$/s.exec(cursor);
  return match?.[1] && match[2] ? { firedAtMs: Number(match[1]), alertId: match[2] } : null;
}

function cursorOf({ firedAtMs, alertId }: AlertPlace): string {
  return `${firedAtMs}-${alertId}`;
}

/** Those that fired at the same moment by their ids, so that every alert has one place. */
function newestFirst(a: AlertPlace, b: AlertPlace): number {
  if (a.firedAtMs !== b.firedAtMs) return b.firedAtMs - a.firedAtMs;
  if (a.alertId === b.alertId) return 0;
  return a.alertId > b.alertId ? -1 : 1;
}
