/** What stands under the pointer of a chart, in words and figures. */
import type uPlot from 'uplot';
import { UNKNOWN } from '../format/numbers.ts';
import type { ChartProps } from './chart.tsx';

const GAP_PX = 12;

export function createChartTooltip(newest: () => ChartProps): uPlot.Plugin {
  const tooltip = document.createElement('div');
  tooltip.className = 'chart-tooltip';
  tooltip.hidden = true;
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(tooltip);
      },
      setCursor: (chart) => {
        const { idx: index, left = -1 } = chart.cursor;
        const isOver = index != null && left >= 0;
        tooltip.hidden = !isOver;
        if (!isOver) return;
        tooltip.replaceChildren(...linesOf(newest(), index));
        const width = tooltip.offsetWidth;
        const isLeft = left + GAP_PX + width > chart.over.clientWidth;
        const x = isLeft ? Math.max(0, left - GAP_PX - width) : left + GAP_PX;
        tooltip.style.transform = `translateX(${x}px)`;
      },
    },
  };
}

function linesOf({ times, series, format, formatTime }: ChartProps, index: number): HTMLElement[] {
  const heading = document.createElement('strong');
  heading.textContent = formatTime(times[index] ?? 0);
  const lines = series.map(({ label, color, values }) => {
    const line = document.createElement('div');
    const swatch = document.createElement('span');
    swatch.className = 'chart-swatch';
    swatch.style.background = `var(${color})`;
    const name = document.createElement('span');
    name.textContent = label;
    const figure = document.createElement('b');
    const value = values[index] ?? null;
    figure.textContent = value === null ? UNKNOWN : format(value);
    line.append(swatch, name, figure);
    return line;
  });
  return [heading, ...lines];
}
