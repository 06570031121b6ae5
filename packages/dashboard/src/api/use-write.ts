/** A change that is sent to the API: whether it is under way, and what came of it. */
import { useState } from 'preact/hooks';
import { ApiError } from './client.ts';

export interface Write {
  /** @returns whether it succeeded; else `error` is set */
  run(change: () => Promise<unknown>): Promise<boolean>;
  readonly isBusy: boolean;
  readonly error: ApiError | null;
}

export function useWrite(): Write {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  return {
    isBusy,
    error,
    async run(change) {
      setIsBusy(true);
      setError(null);
      try {
        await change();
        return true;
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        setError(failure);
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}
