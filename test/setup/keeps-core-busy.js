/** Which test files keep a core busy for as long as they run. */
import { relative } from 'node:path';

/** In `test/`, these have an aggregator and a broker at most, and wait for Kafka most of the time. */
const WAITING = /^test\/(exactness|clickhouse-server|support|setup)\//;
/** Elsewhere, these compute for a minute. */
const COMPUTING = new Set([
  'packages/common/src/digest/latency-digest-accuracy.test.ts',
  'packages/store/src/tables/windows.test.ts',
  'services/alerter/src/simulation/simulated-month.test.ts',
  'services/query-api/src/routes/fuzz.test.ts',
]);

/**
 * Whether a file computes for as long as it runs, most often as it starts whole systems: several processes,
 * and a browser. All others compute little or wait: for sessions of consumers, for retries, for the next
 * round of an interval.
 * @param {import('@jest/test-result').Test} test
 * @returns {boolean}
 */
export function keepsCoreBusy({ path, context }) {
  const file = relative(context.config.rootDir, path);
  return COMPUTING.has(file) || (file.startsWith('test/') && !WAITING.test(file));
}
