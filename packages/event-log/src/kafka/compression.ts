/**
 * The codecs of Kafka's record batches. kafkajs has gzip alone, and others write what they like: a
 * producer's `compression.type`, or the broker's own.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

/** By the number that a record batch carries (Kafka `CompressionType`). */
const CODEC_NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) };

/** `0x82 "SNAPPY" 0x00`, which begins no block of this size. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic and two versions. */
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;

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

/**
 * By the codecs that kafkajs has registered.
 * @param id - as a record batch has it
 * @throws Error when there is no such codec, or the bytes are not of it
 */
export async function decompress(id: number, bytes: Buffer): Promise<Buffer> {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  if (id === CompressionTypes.None) return bytes;
  const codecs: Readonly<Record<number, () => Codec>> = CompressionCodecs;
  const codec = codecs[id];
  if (!codec) throw new Error('unknown codec');
  return codec().decompress(bytes);
}

/** @param id - as a record batch has it; null: Kafka has no such codec (yet) */
export function codecName(id: number): string | null {
  return CODEC_NAMES[id] ?? null;
}

/**
 * The compressed blocks, in order. Java clients write Snappy in blocks behind a header of their own,
 * each with its length (xerial/snappy-java `SnappyOutputStream`). Others, librdkafka among them, write
 * one block as it is.
 * @throws RangeError when one is cut off
 */
export function readXerialBlocks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return [bytes];
  const blocks: Buffer[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    const start = at + LENGTH_BYTES;
    const isHere = start <= bytes.length && start + bytes.readUInt32BE(at) <= bytes.length;
    if (!isHere) throw new RangeError('a Snappy block is cut off');
    at = start + bytes.readUInt32BE(at);
    blocks.push(bytes.subarray(start, at));
  }
  return blocks;
}
