/**
 * `npm run bench [-- names…] [options]`: runs the benchmarks one after the other, each alone.
 */
import { join } from 'node:path';
import { styleText } from 'node:util';
import { runChild } from '../scripts/run-child.ts';
import { parseBenchArguments } from './lib/bench-arguments.ts';

const BENCHMARKS = [
  'latency-digest',
  'ingest',
  'aggregator-fold',
  'consumers',
  'visibility',
  'stalls',
  'growth',
  'strangers',
  'capacity',
  'rebalance',
  'store-away',
  'broker-away',
  'alerter',
  'alert-latency',
  'health',
  'many-bots',
  'events-explorer',
  'error-groups',
  'metrics-history',
  'dashboard',
  'sdk-away',
  'forwarder',
  'hand-overs',
  'telemetry',
  'peers',
  'ingest-workers',
];

/** Exit codes above it: a signal has ended the benchmark, which is meant for all of them. */
const SIGNALLED = 128;
const known = [...BENCHMARKS, 'page'];
const USAGE = `usage: npm run bench -- [names…] [options]

Names come first: ${known.join(', ')}.
Without a name all run, except page, which puts their results on the page.
The options go to each benchmark. A word directly after an option that takes a value is that value.`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
  process.exit();
}
const { names, options, unknown } = parseBenchArguments(args, known);
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}".\n\n${USAGE}`);
  process.exit(1);
}

for (const name of names.length > 0 ? names : BENCHMARKS) {
  console.error(styleText('bold', `\n${name}`, { stream: process.stderr }));
  const file = join(import.meta.dirname, `${name}.ts`);
  const status = await runChild([process.execPath, ...process.execArgv, file, ...options]);
  if (status !== 0) process.exitCode = 1;
  if (status > SIGNALLED) break;
}
