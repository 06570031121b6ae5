/** What the built dashboard weighs: a bound, so that no package slips in that doubles it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildDashboard, DASHBOARD_DIST as DIST } from '../setup/dashboard-build.ts';

/** The bound on JavaScript, as it travels. */
const MAX_SCRIPT_BYTES = 200_000;

describe('the built dashboard', () => {
  buildDashboard();
  const names = readdirSync(join(DIST, 'assets'));
  const bytesOf = (name: string) => statSync(join(DIST, 'assets', name)).size;

  test('has less than 200 KB of JavaScript, compressed', () => {
    for (const ending of ['.js.br', '.js.gz']) {
      const scripts = names.filter((name) => name.endsWith(ending));
      expect(scripts.length).toBeGreaterThan(0);
      const bytes = scripts.reduce((sum, name) => sum + bytesOf(name), 0);
      expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
    }
  });

  test('loads nothing from elsewhere, and has no script within the page', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/assets\/)/);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).toMatch(/<link[^>]*rel="preload"[^>]*\.woff2"/);
  });
});
