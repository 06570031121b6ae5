/**
 * Shares one answer among callers that ask at the same time, and never an old one: a caller that
 * asks during a run gets the next run, which sees everything that was stored before the question.
 * So any number of dashboards costs the store one query after the other.
 */
export function sharedRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  async function begin(): Promise<T> {
    try {
      return await run();
    } finally {
      current = next;
      next = null;
    }
  }

  return () => {
    if (current === null) {
      current = begin();
      return current;
    }
    next ??= current.then(begin, begin);
    return next;
  };
}
