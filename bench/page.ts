/**
 * `npm run bench -- page`: puts the newest results of `bench/results/` on the page: the tables between the
 * markers of `bench/README.md`, and the chart. What it shows is kept in `bench/page/results.json`, which is
 * committed, so that the page can be made again anywhere.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS_FOLDER } from './lib/results.ts';
import { CHART_FILE, KEPT_FILE, README_FILE } from './page/files.ts';
import { MEASURES, type Result } from './page/measures.ts';
import { type KeptResults, renderPage, withNewer } from './page/page.ts';

const names = existsSync(RESULTS_FOLDER) ? readdirSync(RESULTS_FOLDER) : [];
const found = names
  .filter((name) => MEASURES.some(({ benchmark }) => name === `${benchmark}.json`))
  .map((name): Result => JSON.parse(readFileSync(join(RESULTS_FOLDER, name), 'utf8')));
const kept: KeptResults = JSON.parse(readFileSync(KEPT_FILE, 'utf8'));
const results = withNewer(kept, found);
for (const result of found) {
  const name = String(result.benchmark);
  if (results[name] !== kept[name] || String(result.at) <= String(kept[name]?.at ?? '')) continue;
  console.error(
    `${name} of ${result.at} is left out: it is not what the rows of the page are about.`,
  );
}
const { readme, chart } = renderPage(readFileSync(README_FILE, 'utf8'), results);
writeFileSync(KEPT_FILE, `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(README_FILE, readme);
if (chart !== null) writeFileSync(CHART_FILE, chart);
console.log('bench/README.md is made from the newest results.');
