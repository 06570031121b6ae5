/** `npm run bench [-- names…] [--json]`: runs the benchmarks one after the other, each alone. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';

const BENCHMARKS = [
  'latency-digest',
  'ingest',
  'aggregator-fold',
  'visibility',
  'memory',
  'strangers',
  'capacity',
  'rebalance',
  'store-away',
  'broker-away',
  'alerter',
  'alert-latency',
  'health',
  'events-explorer',
  'error-groups',
  'metrics-history',
  'dashboard',
  'sdk-away',
  'forwarder',
  'telemetry',
] as const;

const args = process.argv.slice(2);
const options = args.filter((argument) => argument.startsWith('--'));
const names = args.filter((argument) => !argument.startsWith('--'));
const unknown = names.filter((name) => !BENCHMARKS.some((known) => known === name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}; there are ${BENCHMARKS.join(', ')}.`);
  process.exit(1);
}

for (const name of names.length > 0 ? names : BENCHMARKS) {
  console.error(styleText('bold', `\n${name}`, { stream: process.stderr }));
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, `${name}.ts`), ...options],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exitCode = 1;
}
