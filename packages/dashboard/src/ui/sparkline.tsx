/** A small line of how something went: one path, cheap enough for every row of a table. */
import './sparkline.css';

export interface SparklineProps {
  /** Oldest first; null: nothing is known, and the line has a gap. */
  readonly values: readonly (number | null)[];
  /** How many of them failed: bars in the colour of errors, on the same scale. */
  readonly errors?: readonly (number | null)[];
  /** What it shows, in words. */
  readonly label: string;
}

const WIDTH = 112;
const HEIGHT = 26;
const MARGIN = 2;
const MIN_BAR_HEIGHT = 2;

export function Sparkline({ values, errors = [], label }: SparklineProps) {
  const top = Math.max(1, ...values.map((value) => value ?? 0));
  const line = pathOf(values, top);
  const last = values.length - 1;
  return (
    <svg
      class="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <path class="sparkline-area" d={areaOf(line, last, values)} />
      <path class="sparkline-line" d={line} />
      <path class="sparkline-errors" d={barsOf(errors, top)} />
    </svg>
  );
}

function pathOf(values: readonly (number | null)[], top: number): string {
  let isDown = false;
  let path = '';
  values.forEach((value, index) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const y = HEIGHT - MARGIN - (value / top) * (HEIGHT - 2 * MARGIN);
    path += `${isDown ? 'L' : 'M'}${xOf(index, values.length)} ${y.toFixed(1)}`;
    isDown = true;
  });
  return path;
}

/** Where there are none, there is none; where there are any, it is seen. */
function barsOf(values: readonly (number | null)[], top: number): string {
  return values
    .map((value, index) => {
      if (!value) return '';
      const height = Math.max(MIN_BAR_HEIGHT, (value / top) * (HEIGHT - 2 * MARGIN));
      return `M${xOf(index, values.length)} ${HEIGHT}v-${height.toFixed(1)}`;
    })
    .join('');
}

/** Filled down to the ground where the line has no gap. */
function areaOf(line: string, last: number, values: readonly (number | null)[]): string {
  if (line === '' || values.includes(null)) return '';
  return `${line}L${xOf(last, values.length)} ${HEIGHT}L${xOf(0, values.length)} ${HEIGHT}Z`;
}

function xOf(index: number, count: number): string {
  return (MARGIN + (index / Math.max(1, count - 1)) * (WIDTH - 2 * MARGIN)).toFixed(1);
}
