/** A month of 50 bots, judged by the rules themselves: whatever is told is true. */
import { expect, test } from '@jest/globals';
import { simulateMonth } from './simulated-month.ts';
import { untruthsOf } from './truth.ts';

test.each([1, 2])(
  'in a month of 50 bots everything that is told is true (seed %d)',
  async (seed) => {
    const month = await simulateMonth({ seed, bots: 50, days: 30 });
    const untruths = untruthsOf(month).map((untruth) => `seed ${seed}: ${untruth}`);
    expect(untruths).toEqual([]);
    // What was wrong has ended two days before: it is all over.
    expect(month.open.map(({ bot_id, rule }) => `seed ${seed}: ${bot_id}|${rule}`)).toEqual([]);
    expect(month.transitions.length).toBeGreaterThan(500);
  },
);
