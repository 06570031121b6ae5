/**
 * Runs a TypeScript file of this repository on the pinned Node, after installing what is missing and
 * building the dashboard where it is missing or out of date.
 *
 * This is what `npm start` and `npm test` call on a fresh clone, so it uses nothing but Node's own
 * modules, and runs on whichever Node launched npm.
 *
 *   node scripts/bootstrap.mjs [--node-flag…] scripts/start-embedded.ts [arguments…]
 */
import { ensureDashboardBuilt } from './build-dashboard.mjs';
import { ensureInstalled, fail, runOnPinnedNode } from './pinned-node.mjs';

const given = process.argv.slice(2);
const fileAt = given.findIndex((argument) => !argument.startsWith('--'));
if (fileAt < 0) fail('usage: node scripts/bootstrap.mjs [--node-flag…] <file.ts> [arguments…]');
ensureInstalled();
ensureDashboardBuilt();
runOnPinnedNode({
  nodeFlags: given.slice(0, fileAt),
  file: given[fileAt],
  args: given.slice(fileAt + 1),
});
