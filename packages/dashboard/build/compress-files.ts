/** Lays a brotli and a gzip copy beside every file of the build that gets smaller by it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fonts (woff2) are compressed already. */
const COMPRESSIBLE = /\.(js|css|html|svg)$/;

const ENCODINGS = [
  { extension: '.br', compress: promisify<Buffer, Buffer>(brotliCompress) },
  { extension: '.gz', compress: promisify<Buffer, Buffer>(gzip) },
];

export function compressFiles(): Plugin {
  return {
    name: 'compress-files',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const names = await readdir(dir, { recursive: true });
      await Promise.all(names.filter((name) => COMPRESSIBLE.test(name)).map(compressOne));

      async function compressOne(name: string): Promise<void> {
        const path = join(dir, name);
        const content = await readFile(path);
        for (const { extension, compress } of ENCODINGS) {
          await writeFile(`${path}${extension}`, await compress(content));
        }
      }
    },
  };
}
