import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SentFrame, sentFrames } from './server-sent-events.ts';

const SENT = `: connected
retry: 2000
id: 1.0

id: 1.1
data: {"a":"ä"}

event: lagging\r
data:one\r
data: two\r
\r
data
unknown: x


data: cut off`;

const frame = { type: 'message', data: null, id: null, retryMs: null, comments: [] };
const READ: readonly SentFrame[] = [
  { ...frame, id: '1.0', retryMs: 2_000, comments: ['connected'] },
  { ...frame, id: '1.1', data: '{"a":"ä"}' },
  { ...frame, type: 'lagging', data: 'one\ntwo' },
  { ...frame, data: '' },
];

test('frames are read, wherever the network has cut the stream', async () => {
  const bytes = new TextEncoder().encode(SENT);
  const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(cuts, async (at) => {
      const places = [0, ...at.toSorted((a, b) => a - b), bytes.length];
      async function* chunks() {
        for (const [n, place] of places.slice(1).entries()) yield bytes.slice(places[n], place);
      }
      const read: SentFrame[] = [];
      for await (const one of sentFrames(chunks())) read.push(one);
      expect(read).toEqual(READ);
    }),
  );
});
