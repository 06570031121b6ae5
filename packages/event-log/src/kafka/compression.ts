/**
 * The codecs of Kafka's record batches. kafkajs has gzip alone, and others write what they like: a
 * producer's `compression.type`, or the broker's own.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { readXerialBlocks } from './xerial-snappy.ts';

/** By the number that a record batch carries (Kafka `CompressionType`). */
const CODEC_NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) };

/** What kafkajs asks of a codec. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** Native packages are loaded when the first record needs them: a platform may have none. */
const SNAPPY: Codec = {
  compress: async ({ buffer }) => (await import('snappy')).compress(buffer),
  async decompress(bytes) {
    const { uncompress } = await import('snappy');
    const parts = await Promise.all(
      readXerialBlocks(bytes).map((block) => uncompress(block, { asBuffer: true })),
    );
    return Buffer.concat(parts.map((part) => Buffer.from(part)));
  },
};

const LZ4: Codec = {
  compress: async ({ buffer }) => (await import('lz4-napi')).compressFrame(buffer),
  decompress: async (bytes) => (await import('lz4-napi')).decompressFrame(bytes),
};

const ZSTD: Codec = {
  compress: ({ buffer }) => zstd.compress(buffer),
  decompress: (bytes) => zstd.decompress(bytes),
};

let isDone = false;

/** Makes kafkajs read, and write, all codecs of Kafka. Idempotent. */
export function registerCodecs(): void {
  if (isDone) return;
  isDone = true;
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = () => SNAPPY;
  CompressionCodecs[CompressionTypes.LZ4] = () => LZ4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => ZSTD;
}

/** @param id - as a record batch has it; null: Kafka has no such codec (yet) */
export function codecName(id: number): string | null {
  return CODEC_NAMES[id] ?? null;
}
