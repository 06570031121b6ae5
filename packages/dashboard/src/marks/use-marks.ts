/** What may explain the charts of a bot: deployments that were noted, its alerts, changed settings. */
import type { AlertView } from '@hookpulse/api/alert-view';
import type { AnnotationList } from '@hookpulse/api/annotations';
import type { AuditEntry } from '@hookpulse/api/audit-entry';
import type { Annotation } from '@hookpulse/common/events/annotation';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { useMemo } from 'preact/hooks';
import type { ListAnswer } from '../api/answers.ts';
import { useResource } from '../api/resources.ts';
import { useSession } from '../api/session.tsx';
import type { ChartMark } from '../ui/chart-marks.ts';
import { marksOf } from './marks-of.ts';

const REFRESH_MS = 15_000;

/**
 * Newest first; empty for who may not read.
 * @param botId - null: only what concerns all bots
 * @param fromMs - where the charts begin
 * @param toMs - where they end; null: they go on
 */
export function useMarks(
  botId: string | null,
  fromMs: number,
  toMs: number | null = null,
): readonly ChartMark[] {
  const session = useSession();
  // In whole hours, so that the same is asked for again.
  const from = iso(Math.floor(fromMs / HOUR_MS) * HOUR_MS);
  const own: Record<string, string> = botId === null ? {} : { bot_id: botId };
  const to: Record<string, string> =
    toMs === null ? {} : { to: iso(Math.ceil(toMs / HOUR_MS) * HOUR_MS) };
  const noted = (kind: NonNullable<Annotation['kind']>) =>
    session.reads
      ? `/api/annotations?${new URLSearchParams({ ...own, ...to, kind, from, limit: '100' })}`
      : null;
  // Those that fired before and were resolved since have a mark, too.
  const alerted = new URLSearchParams({ ...own, limit: '100' });
  const options = { refreshMs: REFRESH_MS };
  // Apart, so that a process that restarts all day hides no deployment.
  const notes = useResource<AnnotationList>(noted('note'), options).data;
  const restarts = useResource<AnnotationList>(noted('restart'), options).data;
  const alerts = useResource<ListAnswer<'alerts', AlertView>>(
    session.reads && botId !== null ? `/api/alerts?${alerted}` : null,
    options,
  ).data;
  const audit = useResource<ListAnswer<'entries', AuditEntry>>(
    session.administers ? '/api/audit?limit=100' : null,
    options,
  ).data;
  return useMemo(
    () =>
      marksOf(botId ?? '', {
        annotations: [notes, restarts]
          .flatMap((list) => list?.annotations ?? [])
          .filter((one) => botId !== null || one.bot_id === null),
        alerts: alerts?.alerts ?? [],
        changes: audit?.entries ?? [],
      }).filter(({ timeMs }) => timeMs >= fromMs && (toMs === null || timeMs < toMs)),
    [botId, fromMs, toMs, notes, restarts, alerts, audit],
  );
}
