/** A bot's traffic, errors and latencies by the hour, over a day or a week. */

import type { BotHealth } from '@hookpulse/api/bot-health';
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { hourGrid, startOfHour } from '../../format/time-grid.ts';
import { useMarks } from '../../marks/use-marks.ts';
import type { ChartRow } from '../../metrics-charts/chart-series.ts';
import { MetricsCharts } from '../../metrics-charts/metrics-charts.tsx';
import { useUrlState } from '../../state/url-state.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { Segmented } from '../../ui/segmented.tsx';

const RANGES = ['24h', '7d'] as const;
const HOURS: Readonly<Record<(typeof RANGES)[number], number>> = { '24h': 24, '7d': 7 * 24 };
const RANGE_OPTIONS = [
  { value: '24h', title: '24 hours' },
  { value: '7d', title: '7 days' },
] as const;
const REFRESH_MS = 60_000;

/** Both answers have it. */
type Hour = ChartRow & { readonly date: string; readonly hour: number | null };

export function BotCharts({ health }: { readonly health: BotHealth }) {
  const url = useUrlState();
  const { reads } = useSession();
  const range = reads ? url.oneOf('range', RANGES) : '24h';
  const nowMs = Date.parse(health.timestamp);
  const week = useResource<ListAnswer<'metrics', MetricsRow>>(
    range === '7d' ? weekPath(health.bot_id, nowMs) : null,
    { refreshMs: REFRESH_MS },
  );
  const hours: readonly Hour[] = range === '24h' ? health.hourly : (week.data?.metrics ?? []);
  const grid = useMemo(
    () => hourGrid(hours, startOf, { hours: HOURS[range], nowMs }),
    [hours, range, startOfHour(nowMs)],
  );
  const marks = useMarks(health.bot_id, startOfHour(nowMs) - (HOURS[range] - 1) * HOUR_MS);
  const { route } = useLocation();
  const zoom = (fromMs: number, toMs: number) => {
    const span = { from: iso(fromMs), to: iso(toMs) };
    route(`/errors?${new URLSearchParams({ bot_id: health.bot_id, ...span })}`);
  };
  return (
    <>
      {range === '7d' && <PanelError resource={week} what="Hours of the last 7 days" />}
      <MetricsCharts
        grid={grid}
        unit="hour"
        marks={marks}
        {...(reads ? { onZoom: zoom } : {})}
        aside={
          reads && (
            <Segmented
              label="Range of the charts"
              options={RANGE_OPTIONS}
              value={range}
              onChange={(value) => url.set({ range: value === '24h' ? null : value }, true)}
            />
          )
        }
      />
    </>
  );
}

function weekPath(botId: string, nowMs: number): string {
  const from = new Date(startOfHour(nowMs) - (HOURS['7d'] - 1) * HOUR_MS).toISOString();
  return `/api/metrics/hourly?${new URLSearchParams({ bot_id: botId, from, limit: '200' })}`;
}

function startOf({ date, hour }: Hour): number {
  return Date.parse(`${date}T00:00:00Z`) + (hour ?? 0) * HOUR_MS;
}
