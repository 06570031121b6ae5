/** The backlog of a bot over the last hour: how many updates wait, and how long the oldest one does. */
import type { ForwardingHistory } from '@hookpulse/api/forwarding-view';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { useMemo } from 'preact/hooks';
import { formatCount } from '../../format/numbers.ts';
import { formatShort, formatSpan } from '../../format/times.ts';
import { Chart } from '../../ui/chart.tsx';
import { backlogSummary } from './backlog-summary.ts';

const CHART_HEIGHT = 140;
/** Seconds, each a whole number of the unit in which it is written. */
const AGE_STEPS = [
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_MS),
].map((spanMs) => spanMs / SECOND_MS);

export function BacklogCharts({ points }: Pick<ForwardingHistory, 'points'>) {
  const { times, backlog, ages } = useMemo(
    () => ({
      times: points.map(({ at }) => Date.parse(at)),
      backlog: points.map((point) => point.backlog),
      ages: points.map((point) => point.oldest_age_seconds),
    }),
    [points],
  );
  if (backlog.every((count) => count === null)) {
    return <p class="bot-note">The backlog appears here once updates have been forwarded.</p>;
  }
  const common = { times, formatTime: formatShort, height: CHART_HEIGHT };
  return (
    <div class="delivery-charts">
      <Chart
        {...common}
        title="Backlog within the last hour"
        summary={backlogSummary(backlog, formatCount)}
        series={[{ label: 'Backlog', color: '--chart-1', kind: 'area', values: backlog }]}
        format={formatCount}
      />
      <Chart
        {...common}
        title="Age of the oldest update within the last hour"
        summary={backlogSummary(ages, formatAge)}
        series={[{ label: 'Oldest update waits', color: '--chart-4', kind: 'area', values: ages }]}
        format={formatAge}
        formatAxis={formatAge}
        axisSteps={AGE_STEPS}
      />
    </div>
  );
}

function formatAge(seconds: number): string {
  return formatSpan(seconds * SECOND_MS);
}
