/** A bar chart of requests per second, as SVG: bars are medians, whiskers the lowest and highest round. */
import { escapeHtml } from '@hookpulse/common/values/escape-html';
import { spreadOf } from '../lib/spread.ts';
import { isMeasured, type PeersResult } from '../peers/result.ts';
import { thousands } from '../peers/table.ts';

const WIDTH = 920;
const LABEL_WIDTH = 390;
const VALUE_WIDTH = 90;
const ROW_HEIGHT = 30;
const BAR_HEIGHT = 18;
const TOP = 44;
/** Readable on white and on GitHub's dark page. */
const COLORS = { hookpulse: '#2f81f7', peer: '#8b949e', ceiling: '#c9d1d9' } as const;
const TEXT_COLOR = '#7d8590';

export function chartOf(result: PeersResult): string {
  const bars = result.candidates.filter(isMeasured).map((candidate) => ({
    ...candidate,
    spread: spreadOf(candidate.rounds.map(({ requestsPerSecond }) => requestsPerSecond)),
  }));
  const largest = Math.max(1, ...bars.map(({ spread }) => spread.highest));
  const x = (value: number) =>
    Math.round(LABEL_WIDTH + (value / largest) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH));
  const height = TOP + bars.length * ROW_HEIGHT + 10;
  const rows = bars.map(({ title, role, spread }, n) => {
    const top = TOP + n * ROW_HEIGHT;
    const middle = top + BAR_HEIGHT / 2;
    const [low, high] = [x(spread.lowest), x(spread.highest)];
    const weight = role === 'hookpulse' ? ' font-weight="bold"' : '';
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${middle + 4}" text-anchor="end"${weight}>${escapeHtml(title.replaceAll('`', ''))}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${top}" width="${x(spread.median) - LABEL_WIDTH}" height="${BAR_HEIGHT}" rx="2" fill="${COLORS[role]}"/>`,
      `<path d="M${low} ${middle}H${high}M${low} ${middle - 4}v8M${high} ${middle - 4}v8" stroke="#d29922" stroke-width="2" fill="none"/>`,
      `<text x="${high + 8}" y="${middle + 4}"${weight}>${thousands(spread.median)}</text>`,
    ].join('\n');
  });
  const title = `Acknowledged requests a second, ${result.at.slice(0, 10)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}" font-family="sans-serif" font-size="13" fill="${TEXT_COLOR}">`,
    `<text x="${LABEL_WIDTH}" y="24" font-size="15">${title}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}
