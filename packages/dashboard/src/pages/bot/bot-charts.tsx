/** A bot's traffic, errors and latencies: by the minute in the last hours or a part zoomed into, else by the hour. */

import type { BotHealth } from '@hookpulse/api/bot-health';
import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { useMemo } from 'preact/hooks';
import { useSession } from '../../api/session.tsx';
import { hourGrid, startOfHour } from '../../format/time-grid.ts';
import { useMarks } from '../../marks/use-marks.ts';
import type { ChartRow } from '../../metrics-charts/chart-series.ts';
import { chartUnit, zoomedRange } from '../../metrics-charts/chart-unit.ts';
import { MetricsCharts, type MetricsChartsProps } from '../../metrics-charts/metrics-charts.tsx';
import {
  type RangePreset,
  rangeOfUrl,
  rangeText,
  spanOfRange,
  type TimeRange,
  type TimeSpan,
  urlOfRange,
} from '../../state/time-range.ts';
import { changedSearch, useUrlState } from '../../state/url-state.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { UnknownRange } from '../../ui/range-picker.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { UNIT_MS } from '../metrics/metrics-query.ts';
import { SeriesCharts } from '../metrics/series-charts.tsx';

const STANDARD = '24h';
const HOURS_OF_STANDARD = 24;
const PRESETS = [STANDARD, '1h', '6h', '7d'] as const satisfies readonly [
  RangePreset,
  ...RangePreset[],
];
const RANGE_OPTIONS = [
  { value: '1h', title: '1 hour' },
  { value: '6h', title: '6 hours' },
  { value: STANDARD, title: '24 hours' },
  { value: '7d', title: '7 days' },
] as const;

type Hour = ChartRow & { readonly date: string; readonly hour: number | null };

export function BotCharts({ health }: { readonly health: BotHealth }) {
  const url = useUrlState();
  const { reads } = useSession();
  const range: TimeRange = reads ? rangeOfUrl(url, PRESETS) : { kind: 'preset', preset: STANDARD };
  const isStandard = range.kind === 'preset' && range.preset === STANDARD;
  const nowMs = Date.parse(health.timestamp);
  const unit = chartUnit(spanOfRange(range, nowMs), nowMs);
  const span = spanUntilNow(range, unit, nowMs);
  const marks = useMarks(health.bot_id, span.fromMs ?? 0, span.toMs);
  const choose = (chosen: TimeRange) => url.set(urlOfRange(chosen, STANDARD), true);
  const charts = {
    marks,
    ...(reads
      ? {
          onZoom: (fromMs: number, toMs: number) => choose(zoomedRange(fromMs, toMs, nowMs)),
          aside: (
            <>
              <UnknownRange presets={PRESETS} />
              <Segmented
                label="Range of the charts"
                options={RANGE_OPTIONS}
                value={range.kind === 'preset' ? range.preset : ''}
                onChange={(value) => {
                  const preset = PRESETS.find((name) => name === value);
                  if (preset) choose({ kind: 'preset', preset });
                }}
              />
            </>
          ),
        }
      : {}),
  };
  if (isStandard) return <LastDay health={health} {...charts} />;
  const subject = { kind: 'bot', botId: health.bot_id } as const;
  const query = { subject, unit, range: { kind: 'own', ...span } } as const;
  return (
    <>
      {range.kind === 'own' && (
        <Zoomed
          botId={health.bot_id}
          range={range}
          onReset={() => choose({ kind: 'preset', preset: STANDARD })}
        />
      )}
      <SeriesCharts query={query} nowMs={nowMs} {...charts} />
    </>
  );
}

/** Of the health answer, which everybody may see who sees the page. */
function LastDay({
  health,
  ...charts
}: { readonly health: BotHealth } & Omit<MetricsChartsProps, 'grid' | 'unit'>) {
  const nowMs = Date.parse(health.timestamp);
  const hours: readonly Hour[] = health.hourly;
  const grid = useMemo(
    () => hourGrid(hours, startOf, { hours: HOURS_OF_STANDARD, nowMs }),
    [hours, startOfHour(nowMs)],
  );
  return <MetricsCharts grid={grid} unit="hour" {...charts} />;
}

interface ZoomedProps {
  readonly botId: string;
  readonly range: TimeRange;
  readonly onReset: () => void;
}

/** The zoomed range, with links to its events and errors, and back. */
function Zoomed({ botId, range, onReset }: ZoomedProps) {
  const search = changedSearch('', { bot_id: botId, ...urlOfRange(range, STANDARD) });
  return (
    <div class="bot-zoomed">
      <span>{rangeText(range)}</span>
      <LinkButton href={`/errors${search}`}>Errors of this time</LinkButton>
      <LinkButton href={`/events${search}`}>Events of this time</LinkButton>
      <Button onClick={onReset}>Reset zoom</Button>
    </div>
  );
}

/** The last so many minutes or hours, of which the one of now is the last; or what was zoomed into. */
function spanUntilNow(range: TimeRange, unit: MetricsUnit, nowMs: number): TimeSpan {
  const { fromMs, toMs } = spanOfRange(range, nowMs);
  if (range.kind === 'own' || fromMs === null) return { fromMs, toMs };
  const unitMs = UNIT_MS[unit];
  return { fromMs: (Math.floor(fromMs / unitMs) + 1) * unitMs, toMs };
}

function startOf({ date, hour }: Hour): number {
  return Date.parse(`${date}T00:00:00Z`) + (hour ?? 0) * HOUR_MS;
}
