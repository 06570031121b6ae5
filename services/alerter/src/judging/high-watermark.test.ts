import { expect, test } from '@jest/globals';
import { HighWatermark } from './high-watermark.ts';

test('nothing is known before an end was reached', () => {
  const watermark = new HighWatermark(5n);
  watermark.reached(6n);
  expect(watermark.knownToMs).toBeNull();
  watermark.told(8n, 1_000);
  watermark.reached(7n);
  expect(watermark.knownToMs).toBeNull();
  watermark.reached(8n);
  expect(watermark.knownToMs).toBe(1_000);
});

test('an idle partition is known as of the question', () => {
  const watermark = new HighWatermark(5n);
  watermark.told(5n, 1_000);
  watermark.told(5n, 2_000);
  expect(watermark.knownToMs).toBe(2_000);
});

test('under steady traffic it follows, and while nobody answers it stands still', () => {
  const watermark = new HighWatermark(0n);
  watermark.told(100n, 1_000);
  watermark.told(200n, 2_000); // a goal under way is kept
  watermark.reached(150n);
  expect(watermark.knownToMs).toBe(1_000);
  watermark.told(300n, 3_000);
  watermark.reached(299n);
  expect(watermark.knownToMs).toBe(1_000);
  watermark.reached(320n);
  expect(watermark.knownToMs).toBe(3_000);
});
