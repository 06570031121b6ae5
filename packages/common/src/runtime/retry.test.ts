import { expect, test } from '@jest/globals';
import { retry, retryUnlessAborted } from './retry.ts';

/** Fails so many times, and is done then. */
function failing(times: number) {
  let attempts = 0;
  return async () => {
    attempts += 1;
    if (attempts <= times) throw new Error(`failure ${attempts}`);
    return attempts;
  };
}

test('it is tried again until it is done, after longer and longer pauses', async () => {
  const pauses: number[] = [];
  const onFailure = (_: unknown, pauseMs: number) => pauses.push(pauseMs);
  expect(await retry(failing(5), { pauseMs: 1, longestPauseMs: 6, onFailure })).toBe(6);
  expect(pauses).toEqual([1, 2, 4, 6, 6]);
});

test('pauses are equally long unless they may grow', async () => {
  const pauses: number[] = [];
  await retry(failing(3), { pauseMs: 1, onFailure: (_, pauseMs) => pauses.push(pauseMs) });
  expect(pauses).toEqual([1, 1, 1]);
});

test('what is thrown on a failure ends it', async () => {
  const onFailure = (error: unknown) => {
    throw new RangeError('no use', { cause: error });
  };
  await expect(retry(failing(1), { pauseMs: 1, onFailure })).rejects.toThrow('no use');
});

test('the signal ends the pause, and what is done all the same counts', async () => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const stop = () => stopping.abort(new Error('stopping'));
  const options = { signal, pauseMs: 3_600_000, onFailure: () => void setImmediate(stop) };
  await expect(retry(failing(1), options)).rejects.toThrow('stopping');
  expect(await retryUnlessAborted(failing(1), options)).toBeNull();
  expect(await retryUnlessAborted(failing(0), options)).toBe(1);
});
