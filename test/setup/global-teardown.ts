/** After a Jest run: stops what the global setup has started, and judges the logs of all processes. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { LOG_PROBLEMS_VARIABLE } from './variables.ts';

// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function globalTeardown(): Promise<void> {
  await globalThis.hookpulseTestBrowser?.close();
  await globalThis.hookpulseTestBroker?.close();
  await globalThis.hookpulseTestClickHouse?.close();
  failOnLogProblems();
}

/** @throws Error when a line of a log had something that no log may have (test/support/log-rules.ts) */
function failOnLogProblems(): void {
  const file = process.env[LOG_PROBLEMS_VARIABLE] ?? '';
  if (!existsSync(file)) return;
  const problems = readFileSync(file, 'utf8');
  rmSync(file);
  throw new Error(`Lines of logs that must not be there:\n${problems}`);
}
