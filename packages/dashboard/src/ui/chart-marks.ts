/** Lines in a chart at moments that may explain it: deployments, alerts, changed settings. */
import type uPlot from 'uplot';
import type { Tone } from './status-badge.tsx';

export interface ChartMark {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly label: string;
  readonly tone: Tone;
}

const COLORS: Readonly<Record<Tone, string>> = {
  good: '--good',
  warn: '--warn',
  bad: '--bad',
  idle: '--idle',
};
const DASH_PX = 4;

/** @param color - of a name, as a canvas takes it */
export function createChartMarks(
  newest: () => readonly ChartMark[],
  color: (name: string) => string,
): uPlot.Plugin {
  const colors = new Map(Object.entries(COLORS).map(([tone, name]) => [tone, color(name)]));
  return {
    hooks: {
      draw: ({ ctx, bbox, data: [times], valToPos, scales }) => {
        const min = scales.x?.min ?? 0;
        const max = scales.x?.max ?? 0;
        // The last minute or hour goes on beyond the half of a step that is drawn of it.
        const [last = 0, before = last] = [times.at(-1), times.at(-2)];
        const end = Math.max(max, last + (last - before));
        for (const { timeMs, tone } of newest()) {
          const seconds = timeMs / 1_000;
          if (seconds < min || seconds > end) continue;
          const x = Math.round(valToPos(Math.min(seconds, max), 'x', true)) + 0.5;
          ctx.save();
          ctx.strokeStyle = colors.get(tone) ?? '';
          ctx.lineWidth = devicePixelRatio;
          ctx.setLineDash([DASH_PX * devicePixelRatio, DASH_PX * devicePixelRatio]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.restore();
        }
      },
    },
  };
}
