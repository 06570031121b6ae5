/** A bot's traffic, errors and latencies by the hour, over a day or a week. */
import type { BotHealth } from '@hookpulse/query-api/domain/bot-health';
import type { MetricsRow } from '@hookpulse/query-api/domain/metrics-row';
import { useMemo } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { HOUR_MS, hourGrid, startOfHour } from '../../format/hours.ts';
import { formatCount, formatMs } from '../../format/numbers.ts';
import { formatHour } from '../../format/times.ts';
import { useUrlState } from '../../state/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { latencySummary, trafficSummary } from './chart-summaries.ts';

const RANGES = ['24h', '7d'] as const;
const HOURS: Readonly<Record<(typeof RANGES)[number], number>> = { '24h': 24, '7d': 7 * 24 };
const RANGE_OPTIONS = [
  { value: '24h', title: '24 hours' },
  { value: '7d', title: '7 days' },
] as const;
const REFRESH_MS = 60_000;

/** What a chart needs of an hour; both answers have it. */
type Hour = Pick<
  MetricsRow,
  | 'events'
  | 'errors'
  | 'p50_processing_time_ms'
  | 'p95_processing_time_ms'
  | 'p99_processing_time_ms'
> & { readonly date: string; readonly hour: number | null };

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
  const charts = useMemo(() => seriesOf(grid.rows), [grid]);

  return (
    <div class="bot-columns">
      <Card
        title="Traffic per hour"
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
      >
        <Chart
          title="Events and errors per hour"
          summary={trafficSummary(grid)}
          times={grid.times}
          series={charts.traffic}
          format={formatCount}
          formatTime={formatHour}
        />
      </Card>
      <Card title="Processing time">
        <Chart
          title="Processing time by the hour"
          summary={latencySummary(grid)}
          times={grid.times}
          series={charts.latency}
          format={formatMs}
          formatAxis={formatMs}
          formatTime={formatHour}
        />
      </Card>
    </div>
  );
}

/** An hour without a row had no events; how long they took is unknown. */
function seriesOf(rows: readonly (Hour | null)[]) {
  return {
    traffic: [
      {
        label: 'Events',
        color: '--chart-1',
        kind: 'bars' as const,
        values: rows.map((row) => row?.events ?? 0),
      },
      {
        label: 'Errors',
        color: '--chart-2',
        kind: 'bars' as const,
        values: rows.map((row) => row?.errors ?? 0),
      },
    ],
    latency: [
      {
        label: 'p50',
        color: '--chart-3',
        values: rows.map((row) => row?.p50_processing_time_ms ?? null),
      },
      {
        label: 'p95',
        color: '--chart-1',
        values: rows.map((row) => row?.p95_processing_time_ms ?? null),
      },
      {
        label: 'p99',
        color: '--chart-4',
        values: rows.map((row) => row?.p99_processing_time_ms ?? null),
      },
    ],
  };
}

function weekPath(botId: string, nowMs: number): string {
  const from = new Date(startOfHour(nowMs) - (HOURS['7d'] - 1) * HOUR_MS).toISOString();
  return `/api/metrics/hourly?${new URLSearchParams({ bot_id: botId, from, limit: '200' })}`;
}

function startOf({ date, hour }: Hour): number {
  return Date.parse(`${date}T00:00:00Z`) + (hour ?? 0) * HOUR_MS;
}
