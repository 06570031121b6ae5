import { describe, expect, test } from '@jest/globals';
import { EngineHealth, watched } from './engine-health.ts';

const LIMITS = { failingAfterMs: 5_000, stuckAfterMs: 10_000, forgottenAfterMs: 30_000 };

function fail(health: EngineHealth, nowMs: number): void {
  health.failed(health.begin(nowMs), nowMs);
}

function succeed(health: EngineHealth, nowMs: number): void {
  health.succeeded(health.begin(nowMs));
}

describe('an engine', () => {
  test('has no problem before it is used, nor while it works', () => {
    const health = new EngineHealth(LIMITS);
    expect(health.problem(0)).toBeNull();
    succeed(health, 1_000);
    expect(health.problem(1_000_000)).toBeNull();
  });

  test('is failing once failures have gone on for long enough, since the first of them', () => {
    const health = new EngineHealth(LIMITS);
    fail(health, 1_000);
    fail(health, 5_900);
    expect(health.problem(5_999)).toBeNull();
    expect(health.problem(6_000)).toEqual({ kind: 'failing', sinceMs: 1_000 });
  });

  test('is well again with the first success, and a later failure begins anew', () => {
    const health = new EngineHealth(LIMITS);
    fail(health, 1_000);
    fail(health, 7_000);
    succeed(health, 7_500);
    expect(health.problem(7_500)).toBeNull();
    fail(health, 8_000);
    expect(health.problem(12_999)).toBeNull();
    expect(health.problem(13_000)).toEqual({ kind: 'failing', sinceMs: 8_000 });
  });

  test('is failing at once where no failure is tolerated', () => {
    const health = new EngineHealth({ ...LIMITS, failingAfterMs: 0 });
    fail(health, 1_000);
    expect(health.problem(1_000)).toEqual({ kind: 'failing', sinceMs: 1_000 });
  });

  test('is given another chance when nobody has tried for long enough', () => {
    const health = new EngineHealth(LIMITS);
    fail(health, 1_000);
    fail(health, 20_000);
    expect(health.problem(49_999)).toEqual({ kind: 'failing', sinceMs: 1_000 });
    expect(health.problem(50_000)).toBeNull();
  });

  test('is stuck while its oldest call does not end, since that was begun', () => {
    const health = new EngineHealth(LIMITS);
    const first = health.begin(1_000);
    const second = health.begin(2_000);
    expect(health.problem(10_999)).toBeNull();
    expect(health.problem(11_000)).toEqual({ kind: 'stuck', sinceMs: 1_000 });
    health.succeeded(first);
    expect(health.problem(11_999)).toBeNull();
    expect(health.problem(12_000)).toEqual({ kind: 'stuck', sinceMs: 2_000 });
    health.ended(second);
    expect(health.problem(12_000)).toBeNull();
  });

  test('is judged by no call that tells nothing of it', () => {
    const health = new EngineHealth(LIMITS);
    fail(health, 1_000);
    health.ended(health.begin(2_000));
    expect(health.problem(6_000)).toEqual({ kind: 'failing', sinceMs: 1_000 });
  });

  test('is told of work that is watched', async () => {
    const clock = { nowMs: 1_000, now: () => clock.nowMs };
    const health = new EngineHealth({ ...LIMITS, failingAfterMs: 0 });
    const broken = watched(health, clock, () => Promise.reject(new Error('no')));
    await expect(broken).rejects.toThrow('no');
    expect(health.problem(1_000)).toMatchObject({ kind: 'failing' });
    expect(await watched(health, clock, async () => 'yes')).toBe('yes');
    expect(health.problem(1_000)).toBeNull();
  });
});
