/** A change that is sent to the API: whether it is under way, and what came of it. */
import { useRef, useState } from 'preact/hooks';
import { useUnsaved } from '../state/use-unsaved.ts';
import { ApiError } from './client.ts';

export interface Write {
  /** One at a time. @returns whether it succeeded; else `error` is set */
  run(change: () => Promise<unknown>): Promise<boolean>;
  readonly isBusy: boolean;
  readonly error: ApiError | null;
}

/** While it is under way, leaving asks first. */
export function useWrite(): Write {
  const write = useTask();
  useUnsaved(write.isBusy ? 'saving' : null);
  return write;
}

/** The same for what is lost by nobody, such as reading. */
export function useTask(): Write {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const isRunning = useRef(false);
  return {
    isBusy,
    error,
    async run(change) {
      if (isRunning.current) return false;
      isRunning.current = true;
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
        isRunning.current = false;
        setIsBusy(false);
      }
    },
  };
}
