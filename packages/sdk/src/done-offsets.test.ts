import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DoneOffsets } from './done-offsets.ts';

test('it is where the first one is that is not done, in whatever order they are done', () => {
  const gaps = fc.array(fc.bigInt({ min: 1n, max: 5n }), { maxLength: 20 });
  fc.assert(
    fc.property(gaps, fc.infiniteStream(fc.nat()), (steps, choices) => {
      const offsets = new DoneOffsets();
      const open = new Map<bigint, () => void>();
      let last = -1n;
      for (const step of steps) {
        last += step;
        open.set(last, offsets.take(last));
      }
      expect(offsets.doneTo).toBe(steps.length === 0 ? null : (steps[0] ?? 1n) - 1n);
      while (open.size > 0) {
        const keys = [...open.keys()];
        const key = keys[(choices.next().value ?? 0) % keys.length] ?? 0n;
        open.get(key)?.();
        open.delete(key);
        const [first] = [...open.keys()].toSorted((a, b) => Number(a - b));
        expect(offsets.doneTo).toBe(first ?? last + 1n);
      }
    }),
  );
});

test('what is of no concern counts as done when all before it is', () => {
  const offsets = new DoneOffsets();
  offsets.reach(5n);
  expect(offsets.doneTo).toBe(5n);
  const done = offsets.take(7n);
  offsets.reach(10n);
  expect(offsets.doneTo).toBe(7n);
  done();
  expect(offsets.doneTo).toBe(10n);
});
