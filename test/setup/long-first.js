/** The order in which Jest starts test files. */
import { relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** Short files that run for minutes. Those of many processes are not side by side. */
const LONG = [
  'test/upgrade/rolling-upgrade.test.ts',
  'services/alerter/src/simulation/simulated-month.test.ts',
  'test/erase-bot.test.ts',
  'test/kill-and-restart.test.ts',
  'test/services-apart.test.ts',
  'test/demo.test.ts',
  'test/chaos/chaos.test.ts',
  'test/alert-chaos/alert-chaos.test.ts',
  'test/load.test.ts',
  'test/forwarding-chaos/forwarding-chaos.test.ts',
];

/**
 * Jest's own order is by the times of the last run, or by size where there was none, as on a fresh clone.
 * Files that are short and run long would come last then, when the other workers have nothing to do.
 */
// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const long = LONG.flatMap((file) => sorted.filter((test) => fileOf(test) === file));
    return [...long, ...sorted.filter((test) => !long.includes(test))];
  }
}

function fileOf({ path, context }) {
  return relative(context.config.rootDir, path);
}
