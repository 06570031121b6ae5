import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { EventStream, type EventStreamOptions } from './event-stream.ts';

const opened: EventStream[] = [];
function open(options: Partial<EventStreamOptions> = {}): EventStream {
  const stream = new EventStream({
    heartbeatIntervalMs: 5,
    maxWaitingBytes: 1_000,
    currentId: () => null,
    isOver: () => false,
    onClose: () => undefined,
    ...options,
  });
  opened.push(stream);
  return stream;
}
afterEach(() => {
  for (const { body } of opened.splice(0)) body.destroy();
});

test('who takes nothing from one heartbeat to another is cut off', async () => {
  const stream = open();
  stream.send('data: 1\n\n');
  await once(stream.body, 'close');
  expect(stream.signal.aborted).toBe(true);
});

test('who takes what comes is not', async () => {
  const stream = open();
  let text = '';
  for await (const chunk of stream.body) {
    text += String(chunk);
    if (text.split('heartbeat').length > 5) break;
  }
  expect(text).toMatch(/^(: heartbeat\nevent: heartbeat\ndata: \{\}\n\n)+$/);
});

test('what waits is bounded', () => {
  const stream = open({ heartbeatIntervalMs: 60_000 });
  for (let n = 0; n < 1_000; n += 1) stream.send('x'.repeat(100));
  expect(stream.body.readableLength).toBeLessThan(1_200);
  expect(String(stream.body.read())).toMatch(/xxevent: lagging\n.*\n\n$/);
});
