/** Answers that are remembered for a while, so that any number of visitors costs one question. */

interface Remembered<T> {
  readonly answer: Promise<T>;
  readonly untilMs: number;
}

/**
 * @param keptMs - how long an answer is given again; a failure is not
 * @param maxKept - keys; the oldest is forgotten first
 */
export function remembered<T>(keptMs: number, maxKept: number) {
  const kept = new Map<string, Remembered<T>>();
  return (key: string, nowMs: number, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(key);
    if (known && nowMs < known.untilMs && nowMs >= known.untilMs - keptMs) return known.answer;
    const answer = ask();
    kept.delete(key);
    kept.set(key, { answer, untilMs: nowMs + keptMs });
    answer.catch(() => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
}
