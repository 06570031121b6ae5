import { expect, test } from '@jest/globals';
import { HighWatermark } from './high-watermark.ts';

test('nothing is known before an end was reached', () => {
  const frontier = new HighWatermark(5n);
  frontier.reached(6n);
  expect(frontier.knownToMs).toBeNull();
  frontier.told(8n, 1_000);
  frontier.reached(7n);
  expect(frontier.knownToMs).toBeNull();
  frontier.reached(8n);
  expect(frontier.knownToMs).toBe(1_000);
});

test('an idle partition is known as of the question', () => {
  const frontier = new HighWatermark(5n);
  frontier.told(5n, 1_000);
  frontier.told(5n, 2_000);
  expect(frontier.knownToMs).toBe(2_000);
});

test('under steady traffic it follows, and while nobody answers it stands still', () => {
  const frontier = new HighWatermark(0n);
  frontier.told(100n, 1_000);
  frontier.told(200n, 2_000); // a goal under way is kept
  frontier.reached(150n);
  expect(frontier.knownToMs).toBe(1_000);
  frontier.told(300n, 3_000);
  frontier.reached(299n);
  expect(frontier.knownToMs).toBe(1_000);
  frontier.reached(320n);
  expect(frontier.knownToMs).toBe(3_000);
});
