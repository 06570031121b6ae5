/** Answers that a server has compressed: Telegram takes them, so bots may send them. */
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';

export interface ReadBody {
  /** Its beginning, where it is not whole. */
  readonly body: Buffer;
  readonly isWhole: boolean;
}

/** Sixteen times what is read of an answer: a small one may unfold to gigabytes. */
const MAX_UNFOLDED_BYTES = 1024 * 1024;
/** Of an answer that was cut off, what there is of it. */
const CUT = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNFOLDED_BYTES };
const CUT_BROTLI = {
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
  maxOutputLength: MAX_UNFOLDED_BYTES,
};
const DECODERS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: (body) => gunzipSync(body, CUT),
  'x-gzip': (body) => gunzipSync(body, CUT),
  deflate: (body) => inflateSync(body, CUT),
  br: (body) => brotliDecompressSync(body, CUT_BROTLI),
};

/**
 * @param encoding - `Content-Encoding` of the answer; empty: none
 * @param maxBytes - of the body that is returned
 * @returns nothing of a body that is not what its encoding says, or that unfolds to more than a mebibyte; with
 *   an unknown encoding, the body as it came
 */
export function decodedBody(read: ReadBody, encoding: string, maxBytes: number): ReadBody {
  const decode = DECODERS[encoding.trim().toLowerCase()];
  if (!decode) return read;
  try {
    const body = decode(read.body);
    const isWhole = read.isWhole && body.byteLength <= maxBytes;
    return { body: body.subarray(0, maxBytes), isWhole };
  } catch {
    return { body: Buffer.alloc(0), isWhole: false };
  }
}
