/** The built dashboard, read once: strangers may ask for it, and no request of theirs opens a file. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface DashboardFile {
  readonly contentType: string;
  /** Of its content. */
  readonly etag: string;
  /** By content coding; those of the build, and `identity`. */
  readonly bodies: ReadonlyMap<ContentCoding, Buffer>;
}

/** The best first (https://www.iana.org/assignments/http-parameters, content codings). */
export const CONTENT_CODINGS = ['br', 'gzip', 'identity'] as const;
export type ContentCoding = (typeof CONTENT_CODINGS)[number];

/** What Vite makes, and what a favicon may be. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** Laid beside each file by the build. */
const COMPRESSED: Readonly<Record<string, ContentCoding>> = { '.br': 'br', '.gz': 'gzip' };

/** All files by path, such as `assets/index-1a2b.js`; none where there is no such folder. */
export function readDashboardFiles(folder: string): ReadonlyMap<string, DashboardFile> {
  const paths = filesIn(folder);
  const known = new Set(paths);
  const files = new Map<string, DashboardFile>();
  for (const path of paths) {
    if (extname(path) in COMPRESSED) continue;
    const plain = readFileSync(join(folder, path));
    const bodies = new Map<ContentCoding, Buffer>();
    for (const [extension, coding] of Object.entries(COMPRESSED)) {
      const compressed = `${path}${extension}`;
      if (known.has(compressed)) bodies.set(coding, readFileSync(join(folder, compressed)));
    }
    files.set(
      path,
      fileOf(CONTENT_TYPES[extname(path)] ?? 'application/octet-stream', plain, bodies),
    );
  }
  return files;
}

/**
 * The document with its assets under the path, which it also tells the script; itself without one.
 *
 * @param basePath - as `URL` writes a path: without quotes and angle brackets
 */
export function documentUnder(document: DashboardFile, basePath: string): DashboardFile {
  if (basePath === '') return document;
  const path = basePath.replaceAll('&', '&amp;');
  const html = `${document.bodies.get('identity') ?? ''}`
    .replaceAll('"/assets/', `"${path}/assets/`)
    .replace('<head>', `<head><meta name="base-path" content="${path}" />`);
  return fileOf(document.contentType, Buffer.from(html));
}

/** @param compressed - what stands for the plain body in other codings */
function fileOf(
  contentType: string,
  plain: Buffer,
  compressed: ReadonlyMap<ContentCoding, Buffer> = new Map(),
): DashboardFile {
  const etag = `"${createHash('sha256').update(plain).digest('base64url')}"`;
  return { contentType, etag, bodies: new Map([...compressed, ['identity', plain]]) };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length));
  } catch {
    return [];
  }
}
