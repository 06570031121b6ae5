/** Waiting for somebody else's work, but not for long. */
import { setTimeout as delay } from 'node:timers/promises';

export type Settled<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It goes on, and what comes of it is dropped. */
  | { readonly kind: 'late' };

/** Never rejects. */
export async function settleWithin<Result>(
  limitMs: number,
  work: () => Promise<Result> | Result,
): Promise<Settled<Result>> {
  const settled = new AbortController();
  const outcome = Promise.try(work)
    .then(
      (result): Settled<Result> => ({ kind: 'done', result }),
      (error: unknown): Settled<Result> => ({ kind: 'failed', error }),
    )
    .finally(() => settled.abort());
  const late = delay<Settled<Result>>(limitMs, { kind: 'late' }, { signal: settled.signal }).catch(
    () => outcome, // the timer was no longer needed
  );
  return Promise.race([outcome, late]);
}
