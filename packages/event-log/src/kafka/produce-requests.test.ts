import { describe, expect, test } from '@jest/globals';
import type { OutgoingMessage } from '../event-log.ts';
import { batchesOf, splitIntoRequests } from './produce-requests.ts';

const KIBIBYTE = 1024;

/** A message whose key is its partition. */
function placed(partition: number, kibibytes: number, topic = 'topic'): OutgoingMessage {
  return { topic, key: `${partition}`, value: 'x'.repeat(kibibytes * KIBIBYTE) };
}

function partitionOf({ key }: OutgoingMessage): number {
  return Number(key);
}

function sizes(messages: readonly OutgoingMessage[]): number[] {
  return splitIntoRequests(messages, partitionOf).map((request) => request.length);
}

describe('splitIntoRequests', () => {
  test('keeps together what fits, in its order', () => {
    const messages = [placed(0, 1), placed(1, 2), placed(0, 3)];
    expect(splitIntoRequests(messages, partitionOf)).toEqual([messages]);
  });

  test('starts a new request before a record batch of one partition grows too large', () => {
    expect(sizes([placed(0, 500), placed(0, 300), placed(0, 200), placed(0, 1)])).toEqual([2, 2]);
  });

  test('counts each partition of each topic by itself', () => {
    expect(sizes([placed(0, 800), placed(1, 800), placed(0, 800, 'other')])).toEqual([3]);
  });

  test('sends a message that is too large for any batch of others alone in its partition', () => {
    expect(sizes([placed(0, 1), placed(0, 2_000), placed(0, 1)])).toEqual([1, 1, 1]);
  });

  test('bounds a request over all partitions', () => {
    const messages = Array.from({ length: 12 }, (_, partition) => placed(partition, 800));
    expect(sizes(messages)).toEqual([10, 2]);
  });

  test('makes no request of nothing', () => {
    expect(splitIntoRequests([], partitionOf)).toEqual([]);
  });
});

test('batchesOf keeps the order of each partition of each topic', () => {
  const [a, b, c, d] = [placed(0, 1), placed(1, 2), placed(0, 3, 'other'), placed(0, 4)];
  expect(batchesOf([a, b, c, d], partitionOf)).toEqual([
    { topic: 'topic', partition: 0, messages: [a, d] },
    { topic: 'topic', partition: 1, messages: [b] },
    { topic: 'other', partition: 0, messages: [c] },
  ]);
  expect(batchesOf([], partitionOf)).toEqual([]);
});
