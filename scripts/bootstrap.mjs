/**
 * Runs a TypeScript file of this repository on the pinned Node, after installing what is missing and
 * building the dashboard where it is missing or out of date.
 *
 * This is what `npm start` and `npm test` call on a fresh clone, so it uses nothing but Node's own
 * modules, and runs on whichever Node launched npm.
 *
 *   node scripts/bootstrap.mjs scripts/start-embedded.ts [arguments…]
 */
import { ensureDashboardBuilt } from './build-dashboard.mjs';
import { ensureInstalled, fail, runOnPinnedNode } from './pinned-node.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file) fail('usage: node scripts/bootstrap.mjs <file.ts> [arguments…]');
ensureInstalled();
ensureDashboardBuilt();
runOnPinnedNode({ file, args });
