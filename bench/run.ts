/**
 * `npm run bench [-- names…] [options]`: runs the benchmarks one after the other, each alone. The options go
 * to each of them. `page` puts their results on the page, and runs only when it is named.
 */
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
  'peers',
];

const args = process.argv.slice(2);
const isKnown = (argument: string) => [...BENCHMARKS, 'page'].includes(argument);
const names = args.filter(isKnown);
// An option may have a value behind it: only what stands before all options must be a name.
const firstOption = args.findIndex((argument) => argument.startsWith('--'));
const leading = firstOption < 0 ? args : args.slice(0, firstOption);
const unknown = leading.filter((argument) => !isKnown(argument));
const options = args.filter((argument) => !isKnown(argument));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}; there are ${BENCHMARKS.join(', ')}, page.`);
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
