import { describe, expect, test } from '@jest/globals';
import { createRateLimiter } from './rate-limiter.ts';

const NOW = 1_000_000;

describe('a rate limiter', () => {
  test('takes a minute’s requests at once, then one at a time', () => {
    const limiter = createRateLimiter(60);
    for (let taken = 0; taken < 60; taken += 1) expect(limiter.take('a', NOW)).toBe(0);
    expect(limiter.take('a', NOW)).toBe(1_000);
    expect(limiter.take('a', NOW + 999)).toBe(1);
    expect(limiter.take('a', NOW + 1_000)).toBe(0);
    expect(limiter.take('a', NOW + 1_000)).toBe(1_000);
  });

  test('never bothers who stays at the rate', () => {
    const limiter = createRateLimiter(60);
    for (let second = 0; second < 500; second += 1) {
      expect(limiter.take('a', NOW + second * 1_000)).toBe(0);
    }
  });

  test('has forgotten everything after a quiet minute', () => {
    const limiter = createRateLimiter(2);
    limiter.take('a', NOW);
    limiter.take('a', NOW);
    expect(limiter.take('a', NOW)).toBeGreaterThan(0);
    expect(limiter.take('a', NOW + 60_000)).toBe(0);
    expect(limiter.take('a', NOW + 60_000)).toBe(0);
  });

  test('locks nobody out when the clock is set back', () => {
    const limiter = createRateLimiter(60);
    for (let taken = 0; taken < 60; taken += 1) limiter.take('a', NOW + 3_600_000);
    expect(limiter.take('a', NOW)).toBe(0);
    expect(limiter.waitMs('a', NOW)).toBe(0);
  });

  test('counts each key for itself, and does not count who only looks', () => {
    const limiter = createRateLimiter(1);
    expect(limiter.waitMs('a', NOW)).toBe(0);
    expect(limiter.take('a', NOW)).toBe(0);
    expect(limiter.waitMs('a', NOW)).toBe(60_000);
    expect(limiter.take('b', NOW)).toBe(0);
  });

  test('does not grow with the number of keys', () => {
    const limiter = createRateLimiter(1, 3);
    for (const key of ['a', 'b', 'c', 'd']) limiter.take(key, NOW);
    expect(limiter.waitMs('a', NOW)).toBe(0);
    expect(limiter.waitMs('d', NOW)).toBe(60_000);
  });
});
