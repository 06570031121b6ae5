/** Where a benchmark's figures go: a file for comparison, and a table or JSON for whoever ran it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** Not committed: the figures of this machine. */
export const RESULTS_FOLDER = join(import.meta.dirname, '..', 'results');

export type Figures = Readonly<Record<string, string | number | boolean | null>>;

/** Writes `bench/results/<name>.json`, and prints a table, or the JSON alone for programs. */
export function writeResult(name: string, figures: Figures, output: { json: boolean }): void {
  const at = new Date().toISOString();
  const text = saveResult(name, { benchmark: name, at, machine: machine(), ...figures });
  if (output.json) console.log(text);
  else console.table(figures);
}

/** Writes `bench/results/<name>.json`, and answers its text. */
export function saveResult(name: string, result: object): string {
  const text = JSON.stringify(result, null, 2);
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  writeFileSync(join(RESULTS_FOLDER, `${name}.json`), `${text}\n`);
  return text;
}

/** As figures name it. */
export function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, ${gib} GiB, Node ${process.version}`;
}
