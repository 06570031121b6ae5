import { expect, test } from '@jest/globals';
import { StreamSlots } from './stream-slots.ts';

const slots = () =>
  new StreamSlots({ maxStreams: 6, maxStreamsPerToken: 4, maxStreamsPerSession: 2 });
const holder = (token: string, sessionId: string | null = null) => ({ token, sessionId });

test('one token does not take all, by sessions either', () => {
  const open = slots();
  for (let n = 0; n < 4; n += 1) {
    expect(open.take(holder('read', n % 2 === 0 ? null : `s-${n}`)).kind).toBe('taken');
  }
  expect(open.take(holder('read')).kind).toBe('too_many');
  expect(open.take(holder('read', 's-9')).kind).toBe('too_many');
  expect(open.take(holder('admin')).kind).toBe('taken');
});

test('one session does not take all of its token', () => {
  const open = slots();
  for (let n = 0; n < 2; n += 1) open.take(holder('read', 's-1'));
  expect(open.take(holder('read', 's-1')).kind).toBe('too_many');
  expect(open.take(holder('read', 's-2')).kind).toBe('taken');
});

test('what is released, once or twice, is one slot again', () => {
  const open = slots();
  const first = open.take(holder('read', 's-1'));
  const others = [
    holder('read'),
    holder('read'),
    holder('admin'),
    holder('admin'),
    holder('admin'),
  ];
  for (const other of others) expect(open.take(other).kind).toBe('taken');
  expect(open.take(holder('third')).kind).toBe('full');
  for (let n = 0; n < 2; n += 1) if (first.kind === 'taken') first.release();
  expect(open.take(holder('third')).kind).toBe('taken');
  expect(open.take(holder('third')).kind).toBe('full');
});
