import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startTicking } from './ticking.ts';

const ROUND_MS = 200;
/** Of a timer that is set to whole milliseconds. */
const ROUNDING_MS = 2;

test('rounds rest for as long as they take, where that is longer than their interval', async () => {
  const ends: number[] = [];
  const second = Promise.withResolvers<number>();
  const ticking = startTicking(
    1,
    async () => {
      if (ends.length > 0) second.resolve(performance.now());
      await delay(ROUND_MS);
      ends.push(performance.now());
    },
    (error) => second.reject(error),
  );
  const startedMs = await second.promise;
  await ticking.close();
  expect(startedMs - (ends[0] ?? Number.NaN)).toBeGreaterThanOrEqual(ROUND_MS - ROUNDING_MS);
});
