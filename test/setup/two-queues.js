/**
 * Runs test files in two queues side by side, each with workers of its own. A file that starts whole systems
 * keeps a core busy, so there is one worker a core for them: with more, systems starve each other. All other
 * files wait most of the time, and fill what the systems leave.
 */
import TestRunner from 'jest-runner';
import { keepsCoreBusy } from './keeps-core-busy.js';

/** Each of them computes a third of the time. */
const MAX_WAITING_WORKERS = 2;

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default class TwoQueues extends TestRunner {
  #waiting;

  constructor(globalConfig, context, options) {
    super(globalConfig, context, options);
    const maxWorkers = Math.min(globalConfig.maxWorkers, MAX_WAITING_WORKERS);
    this.#waiting = new TestRunner({ ...globalConfig, maxWorkers }, context, options);
  }

  async runTests(tests, watcher, options) {
    const { busy = [], waiting = [] } = Object.groupBy(tests, (test) =>
      keepsCoreBusy(test) ? 'busy' : 'waiting',
    );
    if (options.serial || busy.length === 0 || waiting.length === 0) {
      return super.runTests(tests, watcher, options);
    }
    await Promise.all([
      super.runTests(busy, watcher, options),
      this.#waiting.runTests(waiting, watcher, options),
    ]);
  }

  on(name, listener) {
    const ends = [super.on(name, listener), this.#waiting.on(name, listener)];
    return () => {
      for (const end of ends) end();
    };
  }
}
