import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type WorkerExit, WorkerPlan } from './worker-plan.ts';

const KILLED: WorkerExit = { code: null, signal: 'SIGKILL' };
const FAILED: WorkerExit = { code: 1, signal: null };
const ASKED: WorkerExit = { code: 0, signal: null };
const GIVE_UP = { kind: 'give up' };

function numbers(plan: WorkerPlan): number[] {
  return plan.takeStarts().map(({ number }) => number);
}

/** Three workers that have been ready since 0. */
function running(): WorkerPlan {
  const plan = new WorkerPlan(3);
  plan.takeStarts();
  plan.prepared(1);
  for (const number of [...numbers(plan), 1]) plan.ready(number, 0);
  return plan;
}

/** Ends a worker again and again as soon as it has started. */
function pausesOf(plan: WorkerPlan, number: number, exit: WorkerExit, times: number) {
  return Array.from({ length: times }, () => {
    const verdict = plan.ended(number, exit, 100);
    plan.rested(number);
    plan.takeStarts();
    return verdict.kind === 'restart' ? verdict.pauseMs : verdict.kind;
  });
}

describe('a start', () => {
  test('is led by one worker; the others follow once it is prepared, and the first of them relieves it', () => {
    const plan = new WorkerPlan(3);
    expect(plan.takeStarts()).toEqual([{ number: 1, leads: true }]);
    expect(plan.takeStarts()).toEqual([]);
    plan.prepared(1);
    expect(plan.takeStarts()).toEqual([
      { number: 2, leads: false },
      { number: 3, leads: false },
    ]);
    expect(plan.takeStarts()).toEqual([]);
    expect(plan.relieved).toBeNull();
    plan.ready(3, 0);
    expect(plan.relieved).toBe(1);
    plan.ready(1, 0);
    expect(plan.relieved).toBeNull();
    expect(plan.readyCount).toBe(2);
  });

  test('that the leader cannot make is given up, as one process would', () => {
    for (const isPrepared of [false, true]) {
      const plan = new WorkerPlan(2);
      plan.takeStarts();
      if (isPrepared) plan.prepared(1);
      expect(plan.ended(1, FAILED, 100)).toEqual(GIVE_UP);
    }
  });

  test('whose leader is killed while it waits for another to listen is led by the next', () => {
    const plan = new WorkerPlan(3);
    plan.takeStarts();
    plan.prepared(1);
    plan.takeStarts();
    plan.ended(1, KILLED, 100);
    expect(plan.takeStarts()).toEqual([]);
    plan.rested(1);
    expect(plan.takeStarts()).toEqual([{ number: 1, leads: true }]);
  });

  test('whose leader is killed is tried again, after growing pauses, and given up in the end', () => {
    const plan = new WorkerPlan(2);
    plan.takeStarts();
    // Another one leads during each pause, so this is of the first alone.
    expect(pausesOf(plan, 1, KILLED, 6)).toEqual([250, 500, 1_000, 2_000, 4_000, 'give up']);
  });
});

describe('a worker that ended', () => {
  test('has its number again after its pause, without leading', () => {
    const plan = running();
    expect(plan.ended(2, KILLED, 100)).toEqual({ kind: 'restart', pauseMs: 250 });
    expect(plan.takeStarts()).toEqual([]);
    plan.rested(2);
    expect(plan.takeStarts()).toEqual([{ number: 2, leads: false }]);
  });

  test('while others are ready is never given up, whatever it says, and paused for half a minute at most', () => {
    const pauses = pausesOf(running(), 2, FAILED, 10);
    expect(pauses.slice(0, 3)).toEqual([250, 500, 1_000]);
    expect(pauses.slice(-3)).toEqual([30_000, 30_000, 30_000]);
  });

  test('after it had done its work for a while begins with the shortest pause', () => {
    const plan = running();
    pausesOf(plan, 2, KILLED, 4);
    plan.ready(2, 1_000);
    expect(plan.ended(2, KILLED, 20_000)).toEqual({ kind: 'restart', pauseMs: 250 });
  });

  test('because it was asked to is replaced at once', () => {
    const plan = running();
    pausesOf(plan, 2, KILLED, 4);
    plan.ready(2, 0);
    expect(plan.ended(2, ASKED, 100)).toEqual({ kind: 'restart', pauseMs: 0 });
  });

  test('as the last ready one is followed by a leader, beside one that is starting', () => {
    const plan = running();
    for (const number of [3, 2]) plan.ended(number, KILLED, 20_000);
    plan.rested(3);
    expect(plan.takeStarts()).toEqual([{ number: 3, leads: false }]);
    plan.ended(1, KILLED, 20_000);
    plan.rested(2);
    expect(plan.takeStarts()).toEqual([{ number: 2, leads: true }]);
    plan.rested(1);
    expect(plan.takeStarts()).toEqual([]);
    plan.ready(3, 20_100);
    expect(plan.takeStarts()).toEqual([{ number: 1, leads: false }]);
  });
});

test('whatever happens, nobody runs twice, one leads at most, and all are ready in the end', () => {
  const step = fc.record({
    number: fc.integer({ min: 1, max: 4 }),
    what: fc.constantFrom('prepared', 'ready', 'killed', 'failed', 'asked', 'rested'),
    afterMs: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const plan = new WorkerPlan(4);
      const alive = new Map<number, 'leading' | 'prepared' | 'starting' | 'ready'>();
      const resting = new Set<number>();
      let nowMs = 0;
      const start = () => {
        const before = [...alive.values()];
        const hasLed = before.includes('ready') || before.includes('prepared');
        for (const { number, leads } of plan.takeStarts()) {
          expect(alive.has(number) || resting.has(number)).toBe(false);
          expect(leads).toBe(!hasLed);
          alive.set(number, leads ? 'leading' : 'starting');
        }
        const states = [...alive.values()];
        const leaders = states.filter((state) => state === 'leading' || state === 'prepared');
        expect(leaders.length).toBeLessThanOrEqual(1);
        expect(plan.readyCount).toBe(states.filter((state) => state === 'ready').length);
      };
      const end = (number: number, exit: WorkerExit) => {
        alive.delete(number);
        resting.add(number);
        return plan.ended(number, exit, nowMs);
      };
      start();
      for (const { number, what, afterMs } of steps) {
        nowMs += afterMs;
        if (what === 'rested') {
          if (resting.delete(number)) plan.rested(number);
        } else if (what === 'prepared') {
          if (alive.get(number) === 'leading') {
            alive.set(number, 'prepared');
            plan.prepared(number);
          }
        } else if (what === 'ready') {
          if (alive.has(number)) {
            alive.set(number, 'ready');
            plan.ready(number, nowMs);
          }
        } else if (alive.has(number)) {
          const exits = { killed: KILLED, failed: FAILED, asked: ASKED };
          if (end(number, exits[what]).kind === 'give up') {
            expect([...alive.values()]).not.toContain('ready');
            return;
          }
        }
        start();
      }
      for (const number of resting) plan.rested(number);
      resting.clear();
      start();
      for (const number of alive.keys()) {
        alive.set(number, 'ready');
        plan.ready(number, nowMs);
      }
      start();
      expect(alive.size).toBe(4);
    }),
  );
});
