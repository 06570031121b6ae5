/** Where a benchmark's figures go: a file for comparison, and a table or JSON for whoever ran it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'results');

export type Figures = Readonly<Record<string, string | number | boolean | null>>;

/** Writes `bench/results/<name>.json`, and prints a table, or the JSON alone for programs. */
export function writeResult(name: string, figures: Figures, output: { json: boolean }): void {
  const result = { benchmark: name, at: new Date().toISOString(), machine: machine(), ...figures };
  const text = JSON.stringify(result, null, 2);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), `${text}\n`);
  if (output.json) console.log(text);
  else console.table(figures);
}

function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, ${gib} GiB, Node ${process.version}`;
}
