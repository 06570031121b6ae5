import { expect, test } from '@jest/globals';
import { readXerialBlocks } from './compression.ts';

const HEADER = Buffer.from('82534e41505059000000000100000001', 'hex');

function framed(...blocks: readonly string[]): Buffer {
  const parts = blocks.flatMap((block) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    return [length, Buffer.from(block)];
  });
  return Buffer.concat([HEADER, ...parts]);
}

test('blocks of Java clients come without their frame, in order', () => {
  expect(readXerialBlocks(framed('one', 'three')).map(String)).toEqual(['one', 'three']);
  expect(readXerialBlocks(framed())).toEqual([]);
});

test('what has no frame is one block', () => {
  expect(readXerialBlocks(Buffer.from('plain')).map(String)).toEqual(['plain']);
});

test('a block that is cut off is refused', () => {
  expect(() => readXerialBlocks(framed('one').subarray(0, -1))).toThrow(RangeError);
  expect(() => readXerialBlocks(framed('one').subarray(0, 18))).toThrow(RangeError);
});
