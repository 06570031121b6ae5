/** The built dashboard, as whoever starts Hookpulse gets it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export const DASHBOARD_DIST = join(ROOT, 'packages', 'dashboard', 'dist');

/** Builds it where it is missing or out of date. @throws Error when that fails */
export function buildDashboard(): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/build-dashboard.mjs')], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the dashboard was not built');
}
