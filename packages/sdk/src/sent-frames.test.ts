import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SentFrame, sentFrames } from './sent-frames.ts';

const TEXT =
  ': connected\nretry: 2000\n\nid: 3-7\ndata: {"a":"é"}\n\nevent: heartbeat\nid: 3-8\ndata: {}\n\ndata: cut';

test('frames are read, wherever the stream is cut into chunks', async () => {
  const bytes = new TextEncoder().encode(TEXT);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 })), async (sizes) => {
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        if (at < bytes.length) chunks.push(bytes.slice(at, at + size));
        at += size;
      }
      let heard = 0;
      const frames: SentFrame[] = [];
      for await (const frame of sentFrames(ReadableStream.from(chunks), () => heard++)) {
        frames.push(frame);
      }
      expect(heard).toBe(chunks.length);
      expect(frames).toEqual([
        { type: 'message', data: null, id: null },
        { type: 'message', data: '{"a":"é"}', id: '3-7' },
        { type: 'heartbeat', data: '{}', id: '3-8' },
      ]);
    }),
  );
});
