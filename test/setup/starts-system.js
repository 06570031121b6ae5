/** Which test files keep a core busy for as long as they run. */
import { join, sep } from 'node:path';

/** Set for workers that run files which start no systems, beside others that do. */
export const WAITING_VARIABLE = 'HOOKPULSE_TEST_WAITING';

/** In `test/`, these have an aggregator and a broker at most, and wait for Kafka most of the time. */
const WAITING = ['exactness', 'clickhouse-server', 'support', 'setup'];

/**
 * Whether a file starts whole systems: several processes, often with a browser. All others compute little
 * or wait: for sessions of consumers, for retries, for the next round of an interval.
 * @param {import('@jest/test-result').Test} test
 * @returns {boolean}
 */
export function startsSystem({ path, context }) {
  const folder = join(context.config.rootDir, 'test') + sep;
  if (!path.startsWith(folder)) return false;
  const [first] = path.slice(folder.length).split(sep);
  return !WAITING.includes(first);
}
