/** Marks of charts, of what was noted, restarted, alerted and changed. */
import type { AlertView } from '@hookpulse/api/alert-view';
import type { AuditEntry } from '@hookpulse/api/audit-entry';
import { type Annotation, annotatedMoments } from '@hookpulse/common/events/annotation';
import { ruleTitle } from '../format/alert-rules.ts';
import type { ChartMark } from '../ui/chart-marks.ts';

export interface Happened {
  readonly annotations: readonly Annotation[];
  readonly alerts: readonly Pick<AlertView, 'rule' | 'fired_at' | 'resolved_at'>[];
  readonly changes: readonly Pick<AuditEntry, 'at' | 'method' | 'route' | 'target' | 'status'>[];
}

/** Settings of all bots, and of one. */
const SETTINGS = new Set(['PATCH /api/alert-settings', 'PATCH /api/bots/:bot_id']);

/** Newest first. */
export function marksOf(botId: string, { annotations, alerts, changes }: Happened): ChartMark[] {
  const marks: ChartMark[] = [
    ...annotations.flatMap(annotatedMoments).map(({ at, text }) => mark(at, text, 'idle')),
    ...alerts.flatMap(({ rule, fired_at, resolved_at }) => [
      mark(fired_at, `${ruleTitle(rule)} fired`, 'bad'),
      ...(resolved_at === null ? [] : [mark(resolved_at, `${ruleTitle(rule)} resolved`, 'good')]),
    ]),
    ...changes
      .filter((change) => isSettingOf(botId, change))
      .map(({ at }) => mark(at, 'Settings changed', 'idle')),
  ];
  return marks.toSorted((a, b) => b.timeMs - a.timeMs);
}

function isSettingOf(
  botId: string,
  { method, route, target, status }: Happened['changes'][number],
): boolean {
  if (status >= 400 || !SETTINGS.has(`${method} ${route}`)) return false;
  return route === '/api/alert-settings' || target === `/api/bots/${encodeURIComponent(botId)}`;
}

function mark(at: string, label: string, tone: ChartMark['tone']): ChartMark {
  return { timeMs: Date.parse(at), label, tone };
}
