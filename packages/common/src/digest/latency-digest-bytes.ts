/**
 * The stored form of a latency digest, little-endian:
 *
 *   version (1 byte) · number of clusters · number of singles ·
 *   cluster means (Float32 each) · 2·weight, + 1 if averaged, of each cluster · singles (Float32 each)
 *
 * Numbers without a type are LEB128 varints. In a digest that was never folded a value takes 4 bytes.
 */
import { at, type Clusters, type DigestContent, totalWeight } from './latency-digest-clusters.ts';

/** 12 KB, so that the digest stays within 16 KB even where it is stored as base64. */
export const MAX_DIGEST_BYTES = 12_288;

const VERSION = 1;
/** The version, and two counts below 2^14. */
const MAX_HEADER_BYTES = 5;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** What a cluster takes. */
export function clusterBytes(weight: number): number {
  return FLOAT_BYTES + varintBytes(2 * weight);
}

/** How many singles fit into a stored digest beside these clusters. */
export function singlesThatFit(clusters: Clusters): number {
  const free = MAX_DIGEST_BYTES - MAX_HEADER_BYTES - allClusterBytes(clusters);
  return Math.floor(free / FLOAT_BYTES);
}

export function encodeDigest({ clusters, singles }: DigestContent): Uint8Array {
  const { means, weights, averaged } = clusters;
  const counts = [means.length, singles.length];
  const size =
    1 +
    counts.reduce((sum, count) => sum + varintBytes(count), 0) +
    allClusterBytes(clusters) +
    singles.length * FLOAT_BYTES;
  const view = new DataView(new ArrayBuffer(size));
  view.setUint8(0, VERSION);
  let offset = 1;
  for (const count of counts) offset = writeVarint(view, offset, count);
  offset = writeFloats(view, offset, means);
  for (const [i, weight] of weights.entries()) {
    offset = writeVarint(view, offset, 2 * weight + at(averaged, i));
  }
  writeFloats(view, offset, singles);
  return new Uint8Array(view.buffer);
}

/** @throws RangeError when the bytes are not a digest. */
export function decodeDigest(bytes: Uint8Array): DigestContent {
  if (bytes.length > MAX_DIGEST_BYTES) throw notADigest(`${bytes.length} bytes`);
  const reader = new Reader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const version = reader.byte();
  if (version !== VERSION) throw notADigest(`version ${version}`);
  const clusterCount = reader.varint();
  const singleCount = reader.varint();
  const means = reader.ascendingFloats(clusterCount);
  const marked = Float64Array.from({ length: clusterCount }, () => reader.varint());
  const weights = marked.map((weight) => Math.floor(weight / 2));
  if (weights.includes(0)) throw notADigest('a cluster of nothing');
  if (!Number.isSafeInteger(totalWeight(weights))) throw notADigest('too many values');
  const singles = reader.ascendingFloats(singleCount);
  reader.end();
  return {
    clusters: { means, weights, averaged: Uint8Array.from(marked, (weight) => weight % 2) },
    singles,
  };
}

function allClusterBytes({ weights }: Clusters): number {
  return weights.reduce((sum, weight) => sum + clusterBytes(weight), 0);
}

class Reader {
  readonly #view: DataView;
  #offset = 0;

  constructor(view: DataView) {
    this.#view = view;
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Arithmetic instead of shifts: numbers reach beyond 32 bits. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (!Number.isSafeInteger(value)) throw notADigest('a number too large');
      if (byte < 128) return value;
    }
  }

  ascendingFloats(count: number): Float32Array {
    const start = this.#advance(count * FLOAT_BYTES);
    const floats = new Float32Array(count);
    let previous = 0;
    for (let i = 0; i < count; i += 1) {
      const float = this.#view.getFloat32(start + i * FLOAT_BYTES, true);
      if (!(float >= previous && Number.isFinite(float))) throw notADigest(`value ${float}`);
      floats[i] = float;
      previous = float;
    }
    return floats;
  }

  end(): void {
    if (this.#offset !== this.#view.byteLength) throw notADigest('bytes left over');
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (start + length > this.#view.byteLength) throw notADigest('cut short');
    this.#offset = start + length;
    return start;
  }
}

function writeFloats(view: DataView, start: number, floats: Float32Array): number {
  for (let i = 0; i < floats.length; i += 1) {
    view.setFloat32(start + i * FLOAT_BYTES, at(floats, i), true);
  }
  return start + floats.length * FLOAT_BYTES;
}

function writeVarint(view: DataView, start: number, value: number): number {
  let offset = start;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    view.setUint8(offset, (rest % 128) + 128);
    offset += 1;
  }
  view.setUint8(offset, rest);
  return offset + 1;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let limit = 128; value >= limit; limit *= 128) bytes += 1;
  return bytes;
}

function notADigest(reason: string): RangeError {
  return new RangeError(`not a latency digest: ${reason}`);
}
