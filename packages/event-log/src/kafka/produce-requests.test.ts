import { describe, expect, test } from '@jest/globals';
import { type PlacedMessage, splitIntoRequests } from './produce-requests.ts';

const KIBIBYTE = 1024;

function placed(partition: number, kibibytes: number, topic = 'topic'): PlacedMessage {
  return { partition, message: { topic, key: 'key', value: 'x'.repeat(kibibytes * KIBIBYTE) } };
}

function sizes(messages: readonly PlacedMessage[]): number[] {
  return splitIntoRequests(messages).map((request) => request.length);
}

describe('splitIntoRequests', () => {
  test('keeps together what fits, in its order', () => {
    const messages = [placed(0, 1), placed(1, 2), placed(0, 3)];
    expect(splitIntoRequests(messages)).toEqual([messages.map(({ message }) => message)]);
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
    expect(splitIntoRequests([])).toEqual([]);
  });
});
