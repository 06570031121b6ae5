/** The order in which Jest starts test files. */
import { join, sep } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/**
 * Files that start whole systems come first: they take longest, and none should be left for the end, when
 * the other workers have nothing to do. Among themselves, and after them, Jest's own order: by the times of
 * the last run, or by size where there was none, as on a fresh clone.
 */
// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default class SystemsFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(startsSystem), ...sorted.filter((test) => !startsSystem(test))];
  }
}

function startsSystem({ path, context }) {
  return path.startsWith(join(context.config.rootDir, 'test') + sep);
}
