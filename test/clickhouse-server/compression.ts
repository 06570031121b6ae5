/** Bodies as HTTP compresses them: what the client sends, and what it asks for. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { ClickHouseException } from './exceptions.ts';

interface Codec {
  compress(body: Uint8Array): Promise<Buffer>;
  decompress(body: Uint8Array): Promise<Buffer>;
}

const CODECS: ReadonlyMap<string, Codec> = new Map([
  ['gzip', { compress: promisify(zlib.gzip), decompress: promisify(zlib.gunzip) }],
  ['zstd', { compress: promisify(zlib.zstdCompress), decompress: promisify(zlib.zstdDecompress) }],
  [
    'br',
    { compress: promisify(zlib.brotliCompress), decompress: promisify(zlib.brotliDecompress) },
  ],
]);

/** @param encoding - of the header `Content-Encoding`. @throws ClickHouseException */
export async function decompress(body: Buffer, encoding: string | null): Promise<Buffer> {
  if (encoding === null) return body;
  const codec = CODECS.get(encoding);
  if (!codec) {
    throw new ClickHouseException(48, 'NOT_IMPLEMENTED', `Unknown compression ${encoding}.`);
  }
  return codec.decompress(body);
}

/** In a codec that the client accepts (`Accept-Encoding`), and the name of that codec. */
export async function compress(
  body: Uint8Array,
  accepted: string | null,
): Promise<{ body: Uint8Array; encoding: string | null }> {
  const names = (accepted ?? '').split(',').map((name) => name.split(';')[0]?.trim() ?? '');
  for (const encoding of names) {
    const codec = CODECS.get(encoding);
    if (codec) return { body: await codec.compress(body), encoding };
  }
  return { body, encoding: null };
}
