/** What may explain the charts of a bot: deployments that were noted, its alerts, changed settings. */
import type { AlertView } from '@hookpulse/api/alert-view';
import type { AnnotationList } from '@hookpulse/api/annotations';
import type { AuditEntry } from '@hookpulse/api/audit-entry';
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
 * @param botId - null: of none
 * @param fromMs - where the charts begin
 */
export function useMarks(botId: string | null, fromMs: number): readonly ChartMark[] {
  const session = useSession();
  const reads = session.reads && botId !== null;
  const administers = session.administers && botId !== null;
  // In whole hours, so that the same is asked for again.
  const from = iso(Math.floor(fromMs / HOUR_MS) * HOUR_MS);
  const query = `${new URLSearchParams({ bot_id: botId ?? '', from, limit: '100' })}`;
  const options = { refreshMs: REFRESH_MS };
  const annotations = useResource<AnnotationList>(
    reads ? `/api/annotations?${query}` : null,
    options,
  ).data;
  const alerts = useResource<ListAnswer<'alerts', AlertView>>(
    reads ? `/api/alerts?${query}` : null,
    options,
  ).data;
  const audit = useResource<ListAnswer<'entries', AuditEntry>>(
    administers ? '/api/audit?limit=100' : null,
    options,
  ).data;
  return useMemo(
    () =>
      marksOf(botId ?? '', {
        annotations: annotations?.annotations ?? [],
        alerts: alerts?.alerts ?? [],
        changes: audit?.entries ?? [],
      }).filter(({ timeMs }) => timeMs >= fromMs),
    [botId, fromMs, annotations, alerts, audit],
  );
}
