import { describe, expect, test } from '@jest/globals';
import {
  type EngineCall,
  EngineHealth,
  type EngineHealthLimits,
  type EngineProblem,
  watched,
} from './engine-health.ts';

const LIMITS = { failingAfterMs: 5_000, stuckAfterMs: 10_000, forgottenAfterMs: 30_000 };

let nowMs = 0;

function open(limits: EngineHealthLimits = LIMITS): EngineHealth {
  nowMs = 0;
  return new EngineHealth(limits, { now: () => nowMs });
}

function begin(health: EngineHealth, atMs: number): EngineCall {
  nowMs = atMs;
  return health.begin();
}

function fail(health: EngineHealth, atMs: number): void {
  health.failed(begin(health, atMs));
}

function succeed(health: EngineHealth, atMs: number): void {
  health.succeeded(begin(health, atMs));
}

function problem(health: EngineHealth, atMs: number): EngineProblem | null {
  nowMs = atMs;
  return health.problem();
}

describe('an engine', () => {
  test('has no problem before it is used, nor while it works', () => {
    const health = open();
    expect(problem(health, 0)).toBeNull();
    succeed(health, 1_000);
    expect(problem(health, 1_000_000)).toBeNull();
  });

  test('is failing once failures have gone on for long enough, since the first of them', () => {
    const health = open();
    fail(health, 1_000);
    fail(health, 5_900);
    expect(problem(health, 5_999)).toBeNull();
    expect(problem(health, 6_000)).toEqual({ kind: 'failing', forMs: 5_000 });
  });

  test('is well again with the first success, and a later failure begins anew', () => {
    const health = open();
    fail(health, 1_000);
    fail(health, 7_000);
    succeed(health, 7_500);
    expect(problem(health, 7_500)).toBeNull();
    fail(health, 8_000);
    expect(problem(health, 12_999)).toBeNull();
    expect(problem(health, 13_000)).toEqual({ kind: 'failing', forMs: 5_000 });
  });

  test('is failing at once where no failure is tolerated', () => {
    const health = open({ ...LIMITS, failingAfterMs: 0 });
    fail(health, 1_000);
    expect(problem(health, 1_000)).toEqual({ kind: 'failing', forMs: 0 });
  });

  test('is given another chance when nobody has tried for long enough', () => {
    const health = open();
    fail(health, 1_000);
    fail(health, 20_000);
    expect(problem(health, 49_999)).toEqual({ kind: 'failing', forMs: 48_999 });
    expect(problem(health, 50_000)).toBeNull();
  });

  test('is stuck while its oldest call does not end, since that was begun', () => {
    const health = open();
    const first = begin(health, 1_000);
    const second = begin(health, 2_000);
    expect(problem(health, 10_999)).toBeNull();
    expect(problem(health, 11_000)).toEqual({ kind: 'stuck', forMs: 10_000 });
    health.succeeded(first);
    expect(problem(health, 11_999)).toBeNull();
    expect(problem(health, 12_000)).toEqual({ kind: 'stuck', forMs: 10_000 });
    health.ended(second);
    expect(problem(health, 12_000)).toBeNull();
  });

  test('is judged by no call that tells nothing of it', () => {
    const health = open();
    fail(health, 1_000);
    health.ended(begin(health, 2_000));
    expect(problem(health, 6_000)).toEqual({ kind: 'failing', forMs: 5_000 });
  });

  test('is told of work that is watched', async () => {
    const health = open({ ...LIMITS, failingAfterMs: 0 });
    const broken = watched(health, () => Promise.reject(new Error('no')));
    await expect(broken).rejects.toThrow('no');
    expect(problem(health, 1_000)).toMatchObject({ kind: 'failing' });
    expect(await watched(health, async () => 'yes')).toBe('yes');
    expect(problem(health, 1_000)).toBeNull();
  });
});
