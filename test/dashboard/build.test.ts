/** What the built dashboard weighs: a bound, so that no package slips in that doubles it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildDashboard, DASHBOARD_DIST as DIST } from '../setup/dashboard-build.ts';

/** Bounds on JavaScript, as it travels: of everything, and of what the first view needs. */
const MAX_SCRIPT_BYTES = 200_000;
const MAX_FIRST_VIEW_BYTES = 70_000;

/** By source file (https://vite.dev/guide/backend-integration.html). */
type Manifest = Readonly<
  Record<string, { readonly file: string; readonly imports?: readonly string[] } | undefined>
>;

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

  test('loads less than 70 KB of JavaScript for the first view, compressed', () => {
    const manifest: Manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
    const needed = new Set<string>();
    const need = (source: string): void => {
      const { file, imports = [] } = manifest[source] ?? {};
      if (file === undefined) throw new Error(`the build has no ${source}`);
      if (needed.has(file)) return;
      needed.add(file);
      for (const one of imports) need(one);
    };
    need('index.html');
    need('src/pages/fleet/fleet-page.tsx');
    for (const ending of ['br', 'gz']) {
      const sizes = [...needed].map((file) => statSync(join(DIST, `${file}.${ending}`)).size);
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      expect(bytes).toBeLessThan(MAX_FIRST_VIEW_BYTES);
    }
  });

  test('loads nothing from elsewhere, and has no script within the page', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/assets\/)/);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).toMatch(/<link[^>]*rel="preload"[^>]*\.woff2"/);
  });
});
