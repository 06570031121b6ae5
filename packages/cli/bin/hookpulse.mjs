#!/usr/bin/env node
/**
 * `npx hookpulse`: hands over to the pinned Node, whichever Node launched npx, after installing what
 * is missing. The folder it was called in stays the working directory: `.env` and `DATA_DIR` are
 * looked for there.
 */
import { ensureInstalled, runOnPinnedNode } from '../../../scripts/pinned-node.mjs';

ensureInstalled();
runOnPinnedNode({
  file: 'packages/cli/src/main.ts',
  args: process.argv.slice(2),
  cwd: process.cwd(),
});
