/** The condition of an alert with its threshold, from before it fired until after its end. */
import type { AlertCondition as Condition } from '@hookpulse/api/alert-condition';
import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useResource } from '../../api/resources.ts';
import { serverNow } from '../../api/server-clock.ts';
import { formatShort, formatSpan } from '../../format/times.ts';
import { useMarks } from '../../marks/use-marks.ts';
import { zoomedRange } from '../../metrics-charts/chart-unit.ts';
import { type TimeRange, urlOfRange } from '../../state/time-range.ts';
import { changedSearch } from '../../state/url-state.ts';
import { Chart } from '../../ui/chart.tsx';
import { MarkList } from '../../ui/mark-list.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type AlertPlace, conditionPath } from './alert-queries.ts';
import {
  conditionFormat,
  conditionSeries,
  conditionSummary,
  noPointsSentence,
} from './condition-series.ts';

const REFRESH_MS = 15_000;
const CHART_HEIGHT = 160;

export function AlertCondition({ place }: { readonly place: AlertPlace }) {
  const resource = useResource<Condition>(conditionPath(place), { refreshMs: REFRESH_MS });
  const condition = resource.isPrevious ? null : resource.data;
  return (
    <section class="alert-section">
      <h3>Condition over time</h3>
      <PanelError resource={resource} what="Condition" />
      {condition ? (
        <ConditionChart condition={condition} />
      ) : (
        !resource.error && <Skeleton height={CHART_HEIGHT} />
      )}
    </section>
  );
}

function ConditionChart({ condition }: { readonly condition: Condition }) {
  const { bot_id, title, unit, points } = condition;
  const { route } = useLocation();
  const marks = useMarks(bot_id, Date.parse(condition.from), Date.parse(condition.to));
  const times = useMemo(() => points.map(({ at }) => Date.parse(at)), [points]);
  const series = useMemo(() => conditionSeries(condition), [points]);
  const format = conditionFormat(unit);
  if (points.length === 0) return <JudgedList condition={condition} format={format} />;
  return (
    <>
      <Chart
        title={`${title} of the last ${formatSpan(condition.window_seconds * 1_000)}`}
        summary={conditionSummary(condition)}
        times={times}
        series={series}
        format={format}
        formatAxis={format}
        formatTime={formatShort}
        height={CHART_HEIGHT}
        marks={marks}
        onZoom={(fromMs, toMs) => route(zoomedPath(bot_id, zoomedRange(fromMs, toMs, serverNow())))}
      />
      <MarkList marks={marks} />
    </>
  );
}

function zoomedPath(botId: string, range: TimeRange): string {
  return `/bots/${botId}${changedSearch('', urlOfRange(range, '24h'))}`;
}

interface JudgedListProps {
  readonly condition: Condition;
  readonly format: (value: number) => string;
}

/** The figures of the transitions, shown when there are no minutes. */
function JudgedList({ condition, format }: JudgedListProps) {
  return (
    <>
      <p class="timeline-detail">{noPointsSentence(condition)}</p>
      <ul class="alert-notes">
        {condition.judged.map(({ at, value, line }) => (
          <li key={at}>
            <span>
              {format(value)}, line {format(line)}
            </span>
            <time dateTime={at}>{formatShort(Date.parse(at))}</time>
          </li>
        ))}
      </ul>
    </>
  );
}
