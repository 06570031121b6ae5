/**
 * A chart over time: lines, areas or bars, with gaps where nothing is known, a tooltip under the
 * pointer, and its content in words for who cannot see it.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../shell/theme.ts';
import './chart.css';
import type { ChartMark } from './chart-marks.ts';
import { chartOptions } from './chart-options.ts';

export interface ChartSeries {
  readonly label: string;
  /** One for each time; null: unknown. */
  readonly values: readonly (number | null)[];
  /** Name of a colour, such as `--chart-1`. */
  readonly color: string;
  readonly kind?: 'line' | 'area' | 'bars';
}

export interface ChartProps {
  /** What it shows, such as "Events per hour"; the summary says the rest. */
  readonly title: string;
  /** In words: how much, when most. */
  readonly summary: string;
  /** Milliseconds since the epoch, evenly spaced. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** On the axis, where there is little room; default: `12K`. */
  readonly formatAxis?: (value: number) => string;
  /** Between the values of the axis, ascending; default: whole ones, with `formatAxis` any. */
  readonly axisSteps?: readonly number[];
  /** How times are written in the tooltip. */
  readonly formatTime: (timeMs: number) => string;
  /** Days of UTC stand on the axis; default: those of the viewer's zone. */
  readonly isUtc?: boolean;
  /** Pixels; default 200. */
  readonly height?: number;
  /** Moments that may explain it; default: none. */
  readonly marks?: readonly ChartMark[];
  /** Charts of one group have one cursor. */
  readonly cursorGroup?: string;
  /** A part that was dragged over, milliseconds since the epoch; default: nothing is dragged. */
  readonly onZoom?: (fromMs: number, toMs: number) => void;
}

const DEFAULT_HEIGHT = 200;

export function Chart(props: ChartProps) {
  const { title, summary, times, series, height = DEFAULT_HEIGHT, isUtc = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(props);
  newest.current = props;
  const theme = useTheme();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { marks, cursorGroup, onZoom } = props;
  const lines = series.map(({ label, color, kind }) => `${label} ${color} ${kind}`).join();
  const shape = `${lines} ${cursorGroup} ${onZoom !== undefined}`;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const width = () => Math.max(120, element.clientWidth);
    const chart = new uPlot(
      chartOptions(element, { width: width(), height, newest: () => newest.current }),
      chartData(newest.current),
      element,
    );
    plot.current = chart;
    hide(chart, newest.current.series, hidden);
    const observer = new ResizeObserver(() => {
      if (chart.width !== width()) chart.setSize({ width: width(), height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
    // Colours are read when it is made, so a theme makes another one.
  }, [shape, height, isUtc, theme.shown]);

  useEffect(() => {
    plot.current?.setData(chartData(newest.current));
  }, [times, series]);

  useEffect(() => {
    plot.current?.redraw(false);
  }, [marks]);

  useEffect(() => {
    if (plot.current) hide(plot.current, newest.current.series, hidden);
  }, [hidden]);

  return (
    <figure class="chart">
      <figcaption class="chart-legend">
        {series.map(({ label, color }) => (
          <button
            key={label}
            type="button"
            class="chart-key"
            aria-pressed={!hidden.has(label)}
            onClick={() => setHidden(toggled(hidden, label))}
          >
            <span class="chart-swatch" style={{ background: `var(${color})` }} />
            {label}
          </button>
        ))}
      </figcaption>
      <div
        ref={box}
        role="img"
        aria-label={`${title}. ${summary}`}
        style={{ height: `${height}px` }}
      />
    </figure>
  );
}

/** The scale follows what is left. */
function hide(chart: uPlot, series: readonly ChartSeries[], hidden: ReadonlySet<string>): void {
  series.forEach(({ label }, index) => {
    chart.setSeries(index + 1, { show: !hidden.has(label) });
  });
}

function toggled(labels: ReadonlySet<string>, label: string): ReadonlySet<string> {
  const others = new Set(labels);
  if (!others.delete(label)) others.add(label);
  return others;
}

/** As uPlot takes it: seconds, and arrays of its own. */
function chartData({ times, series }: ChartProps): uPlot.AlignedData {
  return [times.map((timeMs) => timeMs / 1_000), ...series.map(({ values }) => [...values])];
}
