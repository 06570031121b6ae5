/**
 * How Java clients write Snappy: blocks behind a header of their own, each with its length
 * (xerial/snappy-java `SnappyOutputStream`). Others, librdkafka among them, write one block as it is.
 */

/** `0x82 "SNAPPY" 0x00`, which begins no block of this size. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic and two versions. */
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;

/** The compressed blocks, in order. @throws RangeError when one is cut off */
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
