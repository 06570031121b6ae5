/** How the dashboard is built: `npx vite build packages/dashboard`, or by scripts/bootstrap.mjs. */
import { defineConfig } from 'vite';
import { compressFiles } from './build/compress-files.ts';
import { loadEarly } from './build/load-early.ts';

/** Where `npm run dev -w packages/dashboard` asks: the query API of `npm start`. */
const QUERY_API_URL = process.env.QUERY_API_URL ?? 'http://127.0.0.1:8081';

// biome-ignore lint/style/noDefaultExport: Vite reads the default export.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'baseline-widely-available',
    // A page's script is found by the one before it, under whatever path both are served; its style is there.
    modulePreload: false,
    cssCodeSplit: false,
    // By it a test knows what the first view loads.
    manifest: true,
    assetsInlineLimit: 0,
  },
  experimental: {
    // Fonts lie beside the style that names them, wherever both are served.
    renderBuiltUrl: (_name, { hostType }) => (hostType === 'css' ? { relative: true } : undefined),
  },
  plugins: [loadEarly(), compressFiles()],
  server: { proxy: { '/api': QUERY_API_URL } },
});
