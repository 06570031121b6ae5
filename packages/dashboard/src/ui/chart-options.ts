/** How a chart looks and behaves, in uPlot's terms. */
import uPlot from 'uplot';
import { formatCompact } from '../format/numbers.ts';
import type { ChartProps, ChartSeries } from './chart.tsx';
import { createChartMarks } from './chart-marks.ts';
import { createChartTooltip } from './chart-tooltip.ts';

/** Of an axis of counts: 1, 2, 5, 10, 20, …, 5e11. */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((one) => one * 10 ** power),
).flat();

export interface ChartFrame {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What it shows now. */
  readonly newest: () => ChartProps;
}

const AXIS_FONT = '11px "Inter Variable", system-ui, sans-serif';
const X_AXIS_HEIGHT = 26;
const Y_AXIS_WIDTH = 58;
const BAR_SHARE = 0.72;
const MAX_BAR_WIDTH = 40;

/** In the viewer's zone; days are told where one begins. */
const TICK_FORMATS: uPlot.Axis.Values = [
  [3600 * 24, '{D} {MMM}', null, null, null, null, null, null, 1],
  [3600, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
];

/** @param element - in whose style the colours stand */
export function chartOptions(
  element: HTMLElement,
  { width, height, newest }: ChartFrame,
): uPlot.Options {
  const color = (name: string) => resolveColor(element, name);
  // There is no half an event.
  const steps = newest().axisSteps ?? (newest().formatAxis ? null : WHOLE_STEPS);
  const axis = {
    stroke: color('--text-faint'),
    font: AXIS_FONT,
    ticks: { show: false },
    grid: { stroke: color('--chart-grid'), width: 1 },
  };
  return {
    width,
    height,
    ...(newest().isUtc ? { tzDate: utcDate } : {}),
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: {
      y: false,
      drag: { x: newest().onZoom !== undefined, y: false, setScale: false },
      ...syncOf(newest()),
      points: { size: 7, width: 2 },
    },
    scales: {
      x: { time: true, range: (_chart, min, max) => withMargin(min, max, newest().times) },
      y: { range: (_chart, _min, max) => [0, niceTop(max)] },
    },
    axes: [
      {
        ...axis,
        size: X_AXIS_HEIGHT + 8,
        grid: { show: false },
        space: 64,
        values: TICK_FORMATS,
      },
      {
        ...axis,
        size: Y_AXIS_WIDTH,
        space: 36,
        ...(steps ? { incrs: [...steps] } : {}),
        values: (_chart, values) =>
          values.map((value) => newest().formatAxis?.(value) ?? formatCompact(value)),
      },
    ],
    series: [{}, ...newest().series.map((one) => seriesOptions(one, color))],
    hooks: { setSelect: [(chart) => tellZoom(chart, newest())] },
    plugins: [createChartTooltip(newest), createChartMarks(() => newest().marks ?? [], color)],
  };
}

/** Of another chart only the moment is taken, and where the pointer is in the plot. */
function syncOf({ cursorGroup }: ChartProps): Pick<uPlot.Cursor, 'sync'> {
  return cursorGroup === undefined
    ? {}
    : { sync: { key: cursorGroup, setSeries: false, scales: ['x', null] } };
}

/** Less was a click. */
const MIN_ZOOM_PX = 8;

function tellZoom(chart: uPlot, { onZoom }: ChartProps): void {
  const { left, width } = chart.select;
  if (width === 0) return;
  chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (width < MIN_ZOOM_PX || !onZoom) return;
  const timeMs = (at: number) => Math.round(chart.posToVal(at, 'x') * 1_000);
  onZoom(timeMs(left), timeMs(left + width));
}

function seriesOptions(
  { label, color: name, kind = 'line' }: ChartSeries,
  color: (name: string) => string,
): uPlot.Series {
  const stroke = color(name);
  const common = { label, stroke, width: 1.75, spanGaps: false, points: { show: isLonely } };
  switch (kind) {
    case 'line':
      return common;
    case 'area':
      return { ...common, fill: withAlpha(stroke, 0.12) };
    case 'bars': {
      const paths = uPlot.paths.bars?.({ size: [BAR_SHARE, MAX_BAR_WIDTH], radius: 0.15 });
      return {
        ...common,
        width: 0,
        fill: withAlpha(stroke, 0.85),
        points: { show: false },
        ...(paths ? { paths } : {}),
      };
    }
    default:
      return kind satisfies never;
  }
}

/** Shows points where there is no line: a known value between two unknown ones. */
function isLonely(chart: uPlot, seriesIndex: number): boolean {
  const values = chart.data[seriesIndex] ?? [];
  return values.some(
    (value, index) =>
      value != null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null,
  );
}

/** Half a step on either side, so that the first and the last bar are whole. Seconds. */
function withMargin(min: number, max: number, times: readonly number[]): [number, number] {
  const stepSeconds = ((times[1] ?? 0) - (times[0] ?? 0)) / 1_000;
  return [min - stepSeconds / 2, max + stepSeconds / 2];
}

function utcDate(timeSeconds: number): Date {
  return uPlot.tzDate(new Date(timeSeconds * 1_000), 'Etc/UTC');
}

/** Some room above the highest, and a scale also where everything is 0. */
function niceTop(max: number | null): number {
  return max === null || max <= 0 ? 1 : max * 1.08;
}

/** A name's colour as a canvas takes it: the light or the dark one. */
function resolveColor(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** @param color - as `rgb(…)`, which is what computed colours are */
function withAlpha(color: string, alpha: number): string {
  return color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
