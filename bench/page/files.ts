/** Where the page is, and what it is made from. */
import { join } from 'node:path';

const BENCH = join(import.meta.dirname, '..');
export const README_FILE = join(BENCH, 'README.md');
export const CHART_FILE = join(BENCH, 'peers.svg');
export const KEPT_FILE = join(import.meta.dirname, 'results.json');
