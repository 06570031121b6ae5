/** The changes of firing alerts since the last notification. */
import type { AlertView } from '@hookpulse/api/alert-view';

export type NotifiedAlert = Pick<
  AlertView,
  'alert_id' | 'bot_id' | 'bot_name' | 'rule' | 'fired_at'
>;

/** By alert_id. */
export type KnownAlerts = ReadonlyMap<string, NotifiedAlert>;

export interface AlertChanges {
  readonly fired: readonly NotifiedAlert[];
  readonly resolved: readonly NotifiedAlert[];
  /** To compare with the next time. */
  readonly known: KnownAlerts;
}

/**
 * @param before - null: nobody was notified before, so that what fires already is no news
 * @param isWhole - whether `firing` are all: else what is missing may fire still
 */
export function alertChanges(
  before: KnownAlerts | null,
  firing: readonly NotifiedAlert[],
  isWhole: boolean,
): AlertChanges {
  const now = new Map(firing.map((alert) => [alert.alert_id, alert]));
  if (before === null) return { fired: [], resolved: [], known: now };
  const gone = [...before.values()].filter(({ alert_id }) => !now.has(alert_id));
  return {
    fired: firing.filter(({ alert_id }) => !before.has(alert_id)),
    resolved: isWhole ? gone : [],
    known: isWhole ? now : new Map([...before, ...now]),
  };
}
