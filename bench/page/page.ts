/** Generates the tables and the chart of the benchmarks' page from the committed results. Pure. */
import { peersResultOf } from '../peers/result.ts';
import { peersTable } from '../peers/table.ts';
import { replaceBetween } from './between-markers.ts';
import { chartOf } from './chart.ts';
import { MEASURES, type Measure, measuresTable, type Result, seenIn } from './measures.ts';

/** Results by benchmark: the last ones that were put on the page. */
export type KeptResults = Readonly<Record<string, Result>>;

export interface Page {
  readonly readme: string;
  /** Null: nothing to draw. */
  readonly chart: string | null;
}

/**
 * @param readme - the page of before, with its markers
 * @throws Error when a marker is missing, or a result is not what this version writes
 */
export function renderPage(readme: string, results: KeptResults): Page {
  const withMeasures = replaceBetween(readme, 'measures', measuresTable(results));
  if (!results.peers) return { readme: withMeasures, chart: null };
  const peers = peersResultOf(results.peers);
  return {
    readme: replaceBetween(withMeasures, 'peers', peersTable(peers)),
    chart: chartOf(peers),
  };
}

/**
 * Newer results take the place of those that are kept. Left out are those of a part (`only`), what the page
 * does not show, and what would leave a row without a figure that it has: it was made with other options than
 * the row is about.
 */
export function withNewer(kept: KeptResults, found: readonly Result[]): KeptResults {
  const shown = new Set(MEASURES.map(({ benchmark }) => benchmark));
  const results = { ...kept };
  for (const result of found) {
    const name = String(result.benchmark);
    const isNewer = String(result.at) > String(results[name]?.at ?? '');
    if (!shown.has(name) || !isNewer || result.only !== undefined) continue;
    const next = { ...results, [name]: result };
    const loses = MEASURES.some((one) => isMeasured(results, one) && !isMeasured(next, one));
    if (!loses) results[name] = result;
  }
  return results;
}

function isMeasured(results: KeptResults, measure: Measure): boolean {
  try {
    return seenIn(results, measure) !== null;
  } catch {
    // A result of another version has no figures for this one.
    return false;
  }
}
