/** Alerts that fire, grouped by rule, the worst first. */

import { RULE_FORMS } from '@hookpulse/api/alert-form';
import type { AlertView } from '@hookpulse/api/alert-view';

export interface FiringGroup {
  readonly rule: string;
  readonly alerts: readonly AlertView[];
}

/** Rules in the order of what they mean for traffic; those that this build does not know, last. */
export function groupFiring(alerts: readonly AlertView[]): readonly FiringGroup[] {
  const groups = Map.groupBy(alerts, ({ rule }) => rule);
  return [...groups]
    .map(([rule, members]) => ({ rule, alerts: members.toSorted(worstFirst) }))
    .toSorted((a, b) => rankOf(a.rule) - rankOf(b.rule) || a.rule.localeCompare(b.rule));
}

/** Severities are compared within a rule only. What somebody knows of already comes last. */
function worstFirst(a: AlertView, b: AlertView): number {
  return (
    Number(a.silence !== null) - Number(b.silence !== null) ||
    b.severity - a.severity ||
    a.fired_at.localeCompare(b.fired_at) ||
    a.bot_id.localeCompare(b.bot_id)
  );
}

function rankOf(rule: string): number {
  const names: readonly string[] = RULE_FORMS.map(({ rule }) => rule);
  return names.includes(rule) ? names.indexOf(rule) : names.length;
}
